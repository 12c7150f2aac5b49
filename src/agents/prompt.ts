import { type AttemptFacts, templateValues } from './agent-program.ts';
import { attemptPaths } from './attempt-folder.ts';
import { fillTemplate } from './template.ts';

/** What a prompt is built from, besides the attempt itself. */
export interface PromptFacts {
  readonly attempt: AttemptFacts;
  /** Of a subtask: what it is in short. */
  readonly title?: string | null;
  readonly steps: readonly string[];
  readonly criteria: readonly string[];
  /** What else the list says of the task, by its written name: notes, files, requirements. */
  readonly fields: Readonly<Record<string, string>>;
  /** The command that Pawl runs afterwards to check the work. */
  readonly verify: string | null;
  readonly dependencies: readonly {
    readonly id: string;
    readonly description: string;
    readonly summary: string | null;
  }[];
  /** Why the attempt before this one failed, and the end of its output. */
  readonly lastFailure: { readonly reason: string; readonly outputTail: string } | null;
  /** What the specialist that the task is written for is told of itself: markdown; null: nobody. */
  readonly role: string | null;
  /** What a reviewer, or the agent itself, asked to be changed. */
  readonly revision: string | null;
}

const SUMMARY_CHARS_MAX = 600;
const DEPENDENCIES_MAX = 20;
const FAILURE_CHARS_MAX = 4_000;
const FIELD_CHARS_MAX = 8_000;

/**
 * What the agent is told. A part that has nothing to say is left out. With a `template` that text
 * is used instead; in it every placeholder of `template.ts` may stand, `{prompt}` being the text
 * that would have been used without it. Pure.
 *
 * @throws usage for a placeholder that is not known.
 */
export function buildPrompt(facts: PromptFacts, template?: string): string {
  const parts = [
    assignment(facts),
    facts.role ?? '',
    list('Steps', facts.steps),
    list('It is done when', facts.criteria),
    fields(facts),
    facts.verify === null
      ? ''
      : `## Check\n\nAfterwards this command is run, and must succeed:\n\n${fenced(facts.verify)}`,
    dependencies(facts),
    facts.revision === null ? '' : `## Asked to be changed\n\n${facts.revision}`,
    lastFailure(facts),
    report(facts),
  ];
  const prompt = `${parts.filter((part) => part !== '').join('\n\n')}\n`;
  return template === undefined
    ? prompt
    : fillTemplate(template, templateValues(facts.attempt, prompt));
}

function assignment({ attempt, title }: PromptFacts): string {
  const { task } = attempt;
  const name = title == null || title === task.description ? '' : `: ${title}`;
  const place = task.section === '' ? '' : `, section "${task.section}"`;
  return [
    `# Task ${task.id}${name}`,
    task.description,
    `Priority ${task.priority}${place}, of the list ${attempt.list}. ` +
      `This is attempt ${attempt.attempt}. Do this task and no other; the working directory is ` +
      `${attempt.workspace}.`,
  ].join('\n\n');
}

function list(title: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `## ${title}\n\n${items.map((item) => `- ${item}`).join('\n')}`;
}

function fields({ fields: all }: PromptFacts): string {
  const entries = Object.entries(all).map(([name, text]) => {
    const shown = start(text, FIELD_CHARS_MAX);
    return shown.includes('\n') ? `${name}:\n\n${fenced(shown)}` : `${name}: ${shown}`;
  });
  return entries.length === 0 ? '' : `## Also said of it\n\n${entries.join('\n\n')}`;
}

function dependencies({ dependencies: all }: PromptFacts): string {
  const shown = all.slice(0, DEPENDENCIES_MAX).map(({ id, description, summary }) => {
    const result = summary === null ? '' : `: ${start(summary, SUMMARY_CHARS_MAX)}`;
    return `${id} (${description})${result}`;
  });
  const more = all.length - shown.length;
  return list('Done before, by others', more > 0 ? [...shown, `and ${more} more`] : shown);
}

function lastFailure({ lastFailure: failure }: PromptFacts): string {
  if (failure === null) return '';
  const said = `## The last attempt failed\n\n${failure.reason}`;
  if (failure.outputTail === '') return said;
  const tail = fenced(end(failure.outputTail, FAILURE_CHARS_MAX));
  return `${said}\n\nThe end of its output:\n\n${tail}`;
}

function report({ attempt }: PromptFacts): string {
  return `## How to report

Exit with code 0 only if the task is done, with another code if it is not.
If you can write files, describe the result in ${attemptPaths(attempt.folder).result} (JSON, every
field optional):

${fenced(`{
  "summary": "what was done, for whoever builds on it",
  "artifacts": [{ "name": "report", "path": "path/in/the/project" }],
  "files": ["path/of/a/changed/file"]
}`)}

If you cannot go on, write there \`{"blocked": "what a person must decide"}\`; if the work must be
done once more, \`{"needs_revision": "what to change"}\`.`;
}

/** In a fence that the text cannot close. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text.replace(/\n$/, '')}\n${fence}`;
}

function start(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `${text.slice(0, charsMax)} [...]`;
}

function end(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `[...] ${text.slice(-charsMax)}`;
}
