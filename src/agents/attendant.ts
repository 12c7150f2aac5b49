import { OUTPUT_TAIL_BYTES } from './runner.ts';

/** What the attendant is told, each as one argument; nothing is ever spliced into the script. */
export interface AttendantOrder {
  readonly folder: string;
  readonly bootId: string;
  readonly timeoutMs: number;
  readonly killGraceMs: number;
  readonly outputBytesMax: number;
  /** The program is ended when nobody renews this lease; null: it may go on for ever. */
  readonly leaseMs?: number | null | undefined;
  /** What gives the program a session of its own; see `session-starter.ts`. */
  readonly sessionStarter: readonly string[];
  readonly argv: readonly string[];
}

/** How often within one lease an attendant looks whether anybody still renews it. */
export const LAPSE_CHECKS = 4;

/** The argument vector that starts an attendant. */
export function attendantArgv(order: AttendantOrder): [string, ...string[]] {
  const tailFile = Math.min(OUTPUT_TAIL_BYTES, Math.floor(order.outputBytesMax / 2));
  return [
    '/bin/sh',
    '-c',
    ATTENDANT_SCRIPT,
    ATTENDANT_NAME,
    order.folder,
    order.bootId,
    ...waits(order),
    String(Math.ceil(order.killGraceMs / 100)),
    String(order.outputBytesMax - tailFile),
    // One byte more than this is kept of the tail: it tells that there was more.
    String(tailFile - 1),
    ...order.sessionStarter,
    ...order.argv,
  ];
}

/** Slices of a lease while it must be renewed, how many of them, and the rest of the timeout. */
function waits({ timeoutMs, leaseMs = null }: AttendantOrder): readonly [string, string, string] {
  const sliceMs = (leaseMs ?? 0) / LAPSE_CHECKS;
  const slices = sliceMs === 0 ? 0 : Math.floor(timeoutMs / sliceMs);
  return [sliceMs, slices * 1000, timeoutMs - slices * sliceMs].map((ms) =>
    String(Math.round(ms) / 1000),
  ) as [string, string, string];
}

export const ATTENDANT_NAME = 'pawl-attendant';

/**
 * The attendant: POSIX shell and nothing else, proved on dash and on bash. See DESIGN.md for the
 * processes, the signals and the files. What to know before changing a line:
 *
 * - Variables are called `pawl_...`: a name that the environment already has would be exported,
 *   and the program would see our value. For the same reason PATH is set only in subshells the
 *   program does not come from.
 * - The program is never started with `&`: a shell makes background commands ignore SIGINT and
 *   SIGQUIT for good, and every program would hand that on to all it starts.
 * - Signals are ignored from the first line and set back where they are wanted, because ignoring is
 *   inherited by a fork at once, while a trap has to be set again: so there is no moment at which
 *   a signal hits a subshell unprepared.
 * - `dd` counts reads and not bytes, also with `count_bytes`: from a pipe it stops far too early
 *   when the program writes little at a time. Hence the loop; what it asks of `dd` is POSIX.
 */
export const ATTENDANT_SCRIPT = `
trap '' HUP INT TERM USR1 USR2
pawl_folder=$1 pawl_boot=$2 pawl_slice=$3 pawl_slices=$4 pawl_timeout=$5 pawl_grace_tenths=$6
pawl_head=$7 pawl_tail=$8
shift 8

pawl_main() {
  # Exclusively: either we take the attempt here, or somebody has declared it never started.
  { read -r pawl_stat </proc/$$/stat; } 2>/dev/null || pawl_stat=
  set -C
  { echo "$$ $pawl_boot $pawl_stat" >"$pawl_folder/started"; } 2>/dev/null || exit 3
  set +C
  pawl_attend "$@" | pawl_collect
}

# Run the program, end what it leaves behind, note how it ended.
pawl_attend() {
  pawl_watch >/dev/null &
  pawl_watcher=$!
  (
    trap - HUP INT TERM USR1 USR2
    if { read -r pawl_stat </proc/self/stat; } 2>/dev/null; then
      { echo "$pawl_stat" >"$pawl_folder/agent"; } 2>/dev/null || exit 3
    fi
    exec "$@" <"$pawl_folder/prompt.md" 2>&1
  )
  pawl_code=$?
  kill -s KILL "$pawl_watcher"
  PATH=/usr/bin:/bin:$PATH
  pawl_timed_out=no
  [ -e "$pawl_folder/timeout" ] && pawl_timed_out=yes
  read -r pawl_agent pawl_rest <"$pawl_folder/agent" && pawl_signal TERM && pawl_end_group
  pawl_name=none
  [ "$pawl_code" -gt 128 ] && pawl_name=$(kill -l "$pawl_code" || echo none)
  pawl_record="exited $pawl_code signal $pawl_name timeout $pawl_timed_out tail $pawl_tail"
  # A full disk may have room again later; a folder that was removed never comes back.
  until echo "$pawl_record" >"$pawl_folder/exit.tmp"; do
    [ -d "$pawl_folder" ] || break
    sleep 1
  done
  # Let go of the pipe: the collector sees its end, finishes, and ends us too. Only if a process
  # that escaped holds the pipe do we get to the second line.
  exec >/dev/null
  for pawl_try in 1 2 3; do sleep 2; kill -s USR2 0; done
  pawl_finish
}

# End the program at its timeout, when nobody renews its lease, or when told to by USR1.
pawl_watch() {
  PATH=/usr/bin:/bin:$PATH
  pawl_told=no
  trap pawl_told=yes USR1
  pawl_wait && : >"$pawl_folder/timeout"
  trap '' USR1
  until read -r pawl_agent pawl_rest <"$pawl_folder/agent"; do
    [ -d "$pawl_folder" ] || exit 3
    sleep 0.1
  done
  # It may not have its own session yet.
  pawl_signal TERM || kill -s TERM "$pawl_agent"
  pawl_end_group
}

# Succeeds when the time is up. The first word of "renewed" changes when the store granted the lease
# anew, the second while the process that holds it lives. No clock is asked, only slices counted.
pawl_wait() {
  pawl_granted= pawl_alive= pawl_stale=0
  while [ "$pawl_slices" -gt 0 ]; do
    [ "$pawl_told" = no ] && sleep "$pawl_slice" || return 1
    pawl_slices=$(($pawl_slices - 1))
    pawl_grant= pawl_life=
    read -r pawl_grant pawl_life <"$pawl_folder/renewed"
    pawl_stale=$(($pawl_stale + 1))
    [ "$pawl_grant" = "$pawl_granted" ] || pawl_stale=0
    if [ "$pawl_stale" -ge ${LAPSE_CHECKS} ] && [ "$pawl_life" = "$pawl_alive" ]; then
      : >"$pawl_folder/lapsed"
      return 1
    fi
    pawl_granted=$pawl_grant pawl_alive=$pawl_life
  done
  [ "$pawl_told" = no ] && sleep "$pawl_timeout"
}

# Its processes had their SIGTERM: wake the stopped ones, give all their grace, then SIGKILL.
pawl_end_group() {
  pawl_signal CONT
  while pawl_group_lives && [ "$pawl_grace_tenths" -gt 0 ]; do
    sleep 0.1
    pawl_grace_tenths=$(($pawl_grace_tenths - 1))
  done
  pawl_signal KILL
}

pawl_signal() { kill -s "$1" -- "-$pawl_agent"; }

# Where nobody reaps orphans (a container without init), zombies keep a group in being.
pawl_group_lives() {
  pawl_signal 0 || return 1
  [ ! -e /proc/self/stat ] || grep -qs ") [^Z] [0-9]* $pawl_agent " /proc/[0-9]*/stat
}

# Keep the head of the output as it comes, and the tail of the rest.
pawl_collect() {
  PATH=/usr/bin:/bin:$PATH
  export LC_ALL=C
  pawl_keep_head || pawl_read_on | tail -c "$(($pawl_tail + 1))" >"$pawl_folder/output.tail"
  pawl_finish
}

pawl_read_on() { trap - USR2; exec cat; }

# Succeeds when that was all of it.
pawl_keep_head() {
  pawl_size=0
  while [ "$(($pawl_head - $pawl_size))" -ge 4096 ]; do
    pawl_reads=$(( ($pawl_head - $pawl_size) / 4096 ))
    # Failed: told to stop, after the end; or the disk is full, and the rest must be drained.
    pawl_report=$(
      trap - USR2
      exec dd bs=4096 count="$pawl_reads" 2>&1 >>"$pawl_folder/output.log"
    ) || { [ -e "$pawl_folder/exit.tmp" ]; return; }
    # "FULL+PARTIAL records in", perhaps after a warning. Fewer than asked for: that was the end.
    pawl_report=\${pawl_report%% records in*}
    pawl_report=\${pawl_report##*[!0-9+]}
    [ "$(($pawl_report))" -lt "$pawl_reads" ] && return 0
    pawl_size=$(wc -c <"$pawl_folder/output.log")
  done
  return 1
}

# The record, then the end of us all, by the one signal that nobody can miss.
pawl_finish() {
  mv "$pawl_folder/exit.tmp" "$pawl_folder/exit"
  kill -s KILL 0
}

pawl_main "$@"
`;
