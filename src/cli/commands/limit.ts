import { PawlError } from '../../domain/errors.ts';
import { LIMIT_MAX, limitKindOf, setLimit } from '../../operations/set-limit.ts';
import { type LimitsView, type LimitView, showLimits } from '../../operations/show-limits.ts';
import { answer } from '../answer.ts';
import { inProject } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';

export interface LimitOptions {
  readonly clear?: boolean;
}

/** `pawl limit`, `pawl limit KIND [NAME] N`, `pawl limit KIND [NAME] --clear`. */
export async function limitCommand(
  invocation: Invocation,
  words: readonly string[],
  options: LimitOptions & { readonly pathOf: (path: string) => string },
): Promise<number> {
  const wish = words.length === 0 && options.clear !== true ? null : wishOf(words, options);
  return await inProject(invocation, { anywhere: true }, async (workspace) => {
    const view = await (wish === null ? showLimits(workspace) : setLimit(workspace, wish));
    answer(invocation, 'limits', view, () => limitLines(view));
    return 0;
  });
}

function wishOf(
  words: readonly string[],
  { clear, pathOf }: LimitOptions & { readonly pathOf: (path: string) => string },
) {
  const kind = limitKindOf(words[0] ?? '');
  const rest = words.slice(1);
  const number = clear === true ? null : numberOf(rest.pop());
  if (rest.length > 1) throw new PawlError('usage', `${rest.join(' ')} is more than a name`);
  const [name = null] = rest;
  const isFile = kind === 'list' && name !== null && !name.startsWith('breakdown:');
  return { kind, name: isFile ? pathOf(name) : name, maxRunning: number };
}

function numberOf(word: string | undefined): number {
  if (word !== undefined && /^\d+$/.test(word)) return Number(word);
  const said = word === undefined ? 'nothing was said' : `not ${word}`;
  throw new PawlError(
    'usage',
    `how many may run at once? A number up to ${LIMIT_MAX}, or --clear: ${said}`,
  );
}

function limitLines({ limits, running }: LimitsView): readonly string[] {
  const lines = limits.map((limit) => {
    const full = limit.running >= limit.maxRunning ? '  full' : '';
    return `${nameOf(limit)}: ${limit.running} of ${limit.maxRunning} running${full}`;
  });
  if (lines.length > 0) return lines;
  return [`No limits are set; ${running} running. Each run has its own --concurrency.`];
}

function nameOf({ kind, name }: LimitView): string {
  return name === null ? 'all lists' : `${kind} ${name}`;
}
