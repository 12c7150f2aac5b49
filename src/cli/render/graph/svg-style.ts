import type { NodeState } from '../../../domain/task-graph.ts';
import { CRITICAL_COLOR, CYCLE_COLOR, isDashed, stateColors } from './graph-picture.ts';

/** The style of a picture: light, and dark for whoever prefers that. */
export function svgStyle(states: readonly NodeState[]): string {
  return [
    'text{font:12px ui-sans-serif,system-ui,"Segoe UI",Helvetica,Arial,sans-serif}',
    '.caption{font-size:15px;font-weight:600}.id{font-weight:600}',
    '.task .state{font-size:10px;text-anchor:end;opacity:.75}',
    '.task rect{stroke-width:1.2}.edge{fill:none;stroke-width:1.2}',
    `.edge.critical,.task.critical rect{stroke:${CRITICAL_COLOR};stroke-width:2.6}`,
    `.edge.cycle,.task.cycle rect{stroke:${CYCLE_COLOR};stroke-width:2.6}`,
    `.critical-arrow{fill:${CRITICAL_COLOR}}.cycle-arrow{fill:${CYCLE_COLOR}}`,
    ...states.filter(isDashed).map((state) => `.${state} rect{stroke-dasharray:4 3}`),
    scheme(states, 'light'),
    `@media(prefers-color-scheme:dark){${scheme(states, 'dark')}}`,
  ].join('');
}

const PAPER = {
  light: { paper: '#ffffff', text: '#374151', edge: '#6b7280', frame: '#d1d5db', group: '#fafafa' },
  dark: { paper: '#0d1117', text: '#d1d5db', edge: '#8b949e', frame: '#30363d', group: '#11161d' },
} as const;

function scheme(states: readonly NodeState[], name: 'light' | 'dark'): string {
  const { paper, text, edge, frame, group } = PAPER[name];
  return [
    `.paper{fill:${paper}}text{fill:${text}}.edge{stroke:${edge}}.arrow{fill:${edge}}`,
    `.group rect{fill:${group};stroke:${frame}}`,
    ...states.map((state) => {
      const { fill, line, text: ink } = stateColors(state, name);
      return `.${state} rect{fill:${fill};stroke:${line}}.${state} text{fill:${ink}}`;
    }),
  ].join('');
}
