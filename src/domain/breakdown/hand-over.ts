import { headlineOf, type SynthesisFacts } from './synthesis.ts';

export interface HandOverFacts {
  readonly session: {
    readonly sessionId: string;
    readonly client: string | null;
    /** UTC. */
    readonly openedAt: string;
    readonly seenAt: string;
    readonly endedAt: string | null;
    readonly summary: string | null;
  };
  /** The project's root. */
  readonly root: string;
  /** Those that the session planned; newest first. */
  readonly breakdowns: readonly HandOverBreakdown[];
  /** What its client holds. */
  readonly held: readonly {
    readonly taskId: string;
    readonly title: string;
    readonly list: string;
    readonly leaseUntil: string;
    readonly progress: string | null;
  }[];
}

export interface HandOverBreakdown extends SynthesisFacts {
  readonly description: string;
  readonly context: string | null;
  /** The next ones that can be claimed. */
  readonly next: readonly { readonly taskId: string; readonly title: string }[];
  /** The last ones that were completed, with what they came to. */
  readonly done: readonly {
    readonly taskId: string;
    readonly title: string;
    readonly result: string | null;
  }[];
}

const TEXT_CHARS_MAX = 600;

/**
 * What whoever goes on must know, as markdown of at most `charsMax` characters: made from what is
 * stored, and complete as far as there is room; what is left out is said.
 */
export function handOverText(facts: HandOverFacts, charsMax: number): string {
  const parts = [headOf(facts), heldText(facts), ...facts.breakdowns.map(breakdownText)];
  const kept: string[] = [];
  let left = charsMax;
  for (const [index, part] of parts.filter((text) => text !== '').entries()) {
    if (index > 0 && part.length + 2 > left - ROOM_TO_SAY) {
      kept.push('_There is more: see each breakdown by its id._');
      break;
    }
    kept.push(part);
    left -= part.length + 2;
  }
  const text = kept.join('\n\n');
  return text.length <= charsMax ? text : `${text.slice(0, charsMax - 1).toWellFormed()}…`;
}

const ROOM_TO_SAY = 60;

function headOf({ session, root, breakdowns }: HandOverFacts): string {
  const { client, openedAt, seenAt, endedAt, summary } = session;
  const end = endedAt === null ? `, last seen ${seenAt}` : `, ended ${endedAt}`;
  const lines = [
    `# Hand-over of session ${session.sessionId}`,
    `Project ${root}. ${client ?? 'A client'} opened it ${openedAt}${end} (UTC).`,
  ];
  if (summary !== null) lines.push(cut(summary));
  if (breakdowns.length === 0) lines.push('No breakdown was planned in it.');
  return lines.join('\n\n');
}

function heldText({ held }: HandOverFacts): string {
  if (held.length === 0) return '';
  const lines = held.map(({ taskId, title, list, leaseUntil, progress }) => {
    const far = progress === null ? '' : `; ${oneLine(progress)}`;
    return `- ${taskId} of ${list}: ${oneLine(title)} (held until ${leaseUntil} UTC${far})`;
  });
  return `## Held now\n\n${lines.join('\n')}`;
}

function breakdownText(facts: HandOverBreakdown): string {
  const lines = [
    `## ${facts.parentTaskId}: ${oneLine(facts.title)}`,
    headlineOf(facts),
    cut(facts.description === facts.title ? '' : facts.description),
    facts.context === null ? '' : `Context: ${cut(facts.context)}`,
    listed(
      'Wants attention',
      facts.attention.map(({ taskId, status, why }) => `${taskId} is ${status}: ${oneLine(why)}`),
    ),
    listed(
      'Can be claimed next',
      facts.next.map(({ taskId, title }) => `${taskId}: ${oneLine(title)}`),
    ),
    listed(
      'Completed last',
      facts.done.map(
        ({ taskId, title, result }) =>
          `${taskId}: ${oneLine(title)}${result === null ? '' : `: ${oneLine(result)}`}`,
      ),
    ),
  ];
  return lines.filter((line) => line !== '').join('\n\n');
}

const LISTED_MAX = 10;

function listed(title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  const shown = items.slice(0, LISTED_MAX).map((item) => `- ${item}`);
  if (items.length > LISTED_MAX) shown.push(`- and ${items.length - LISTED_MAX} more`);
  return `${title}:\n\n${shown.join('\n')}`;
}

function oneLine(text: string): string {
  return cut(text.replace(/\s+/g, ' '));
}

function cut(text: string): string {
  if (text.length <= TEXT_CHARS_MAX) return text;
  return `${text.slice(0, TEXT_CHARS_MAX).toWellFormed()} [...]`;
}
