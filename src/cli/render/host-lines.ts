import { durationText } from '../../domain/duration.ts';
import type { HostView } from '../../operations/list-hosts.ts';
import type { Paint, Tone } from './terminal.ts';

const TONES: Readonly<Record<HostView['state'], Tone>> = {
  works: 'good',
  drains: 'warn',
  silent: 'bad',
  gone: 'bad',
  ended: 'dim',
};
const SKEW_TOLD_MS = 1_000;
const ID_SHOWN = 8;

/** A line for each process: where, what, how much, and how long without a word. */
export function hostLines(hosts: readonly HostView[], paint: Paint): readonly string[] {
  const widest = Math.max(...hosts.map(({ host }) => host.length));
  return hosts.map((one) => {
    const state = paint(TONES[one.state], one.state.padEnd(6));
    const load =
      one.capacity === null ? `${one.running} running` : `${one.running}/${one.capacity}`;
    const facts = [
      `${one.kind} ${one.id.slice(-ID_SHOWN)}`,
      load,
      ...(one.labels.length === 0 ? [] : [one.labels.join(',')]),
      one.endedAt === null
        ? `heard ${durationText(one.heartbeatAgeMs)} ago`
        : `ended ${one.endedAt}`,
      ...(one.drainBy === null ? [] : [`leaves by ${one.drainBy}`]),
      ...skewOf(one),
      `process ${one.pid}, ${one.version}`,
    ];
    return `${state} ${paint('strong', one.host.padEnd(widest))}  ${facts.join('  ')}`;
  });
}

function skewOf({ clockSkewMs }: HostView): readonly string[] {
  if (clockSkewMs === null || Math.abs(clockSkewMs) < SKEW_TOLD_MS) return [];
  const side = clockSkewMs > 0 ? 'ahead of' : 'behind';
  return [`clock ${durationText(Math.abs(clockSkewMs))} ${side} the database`];
}
