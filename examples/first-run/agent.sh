#!/bin/sh
# A stand-in for an AI agent. Pawl tells it by the environment what to do (PAWL_TASK_ID, PAWL_ATTEMPT
# ...) and gives it the prompt on standard input. Its exit code is its answer.
set -eu

say() {
  printf '%s\n' "$1"
  sleep "${2:-0.4}"
}

summary() {
  printf '{ "summary": "%s" }\n' "$1" > "$PAWL_RESULT_FILE"
}

case "$PAWL_TASK_ID" in
  SITE-001)
    mkdir -p pages
    for page in index about contact; do
      say "writing pages/$page.txt"
      printf 'This is the page %s.\n' "$page" > "pages/$page.txt"
    done
    summary 'three pages'
    ;;
  SITE-002)
    say 'asking logo.example for the logo' 0.8
    if [ "$PAWL_ATTEMPT" -lt 2 ]; then
      say 'error: the connection was reset' 0
      exit 7
    fi
    say 'received 1 of 1 files'
    mkdir -p site
    printf '<svg xmlns="http://www.w3.org/2000/svg"/>\n' > site/logo.svg
    summary 'the logo, at the second try'
    ;;
  SITE-003)
    say 'comparing 12 palettes' 0.8
    say 'taking teal on white'
    printf 'teal\n' > colours.txt
    ;;
  SITE-004)
    mkdir -p site
    for page in index about contact; do
      say "rendering site/$page.html"
      printf '<p>%s</p>\n' "$(cat "pages/$page.txt")" > "site/$page.html"
    done
    ;;
  SITE-005)
    say 'writing site/style.css' 0.7
    printf 'p { color: %s; }\n' "$(cat colours.txt)" > site/style.css
    ;;
  SITE-006)
    for page in index about contact; do
      say "linking site/$page.html"
      printf '<link rel="stylesheet" href="style.css">\n<img src="logo.svg" alt="">\n' \
        >> "site/$page.html"
    done
    ;;
  SITE-007)
    say 'looking for somebody who reads Linear A' 0.9
    say 'error: nobody does' 0
    exit 3
    ;;
  SITE-009)
    say 'packing site' 0.6
    tar -cf site.tar site
    summary 'site.tar'
    ;;
  *)
    say "error: $PAWL_TASK_ID is nothing that this agent can do" 0
    exit 2
    ;;
esac
say 'done' 0
