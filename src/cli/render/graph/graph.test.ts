import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PawlError } from '../../../domain/errors.ts';
import { type GraphedTask, taskGraph } from '../../../domain/task-graph.ts';
import { graphDot } from './graph-dot.ts';
import { graphMermaid } from './graph-mermaid.ts';
import { graphSvg, SVG_TASKS_MAX } from './graph-svg.ts';
import { graphText } from './graph-text.ts';

function task(
  taskId: string,
  dependencies: readonly string[] = [],
  more: Partial<GraphedTask> = {},
): GraphedTask {
  return {
    taskId,
    description: `Do ${taskId}`,
    section: null,
    priority: 'P2',
    status: 'queued',
    dependencies,
    onDepFailure: null,
    dueAtMs: 0,
    durationMs: null,
    ...more,
  };
}

const draw = (tasks: readonly GraphedTask[]) => ({
  list: '/p/tasks.md',
  ...taskGraph(tasks, { nowMs: 0, onDepFailure: 'skip' }),
});

const done = { status: 'completed', durationMs: 60_000 } as const;
const WORK = [
  task('A', [], { ...done, section: 'First' }),
  task('B', ['A'], { section: 'First' }),
  task('C', ['B', 'A'], { section: 'Second' }),
  task('D', ['gone'], { section: 'Second' }),
  task('E', [], { status: 'running', section: 'Second' }),
  task('F', ['C', 'E'], { section: 'Second' }),
];

const text = (tasks: readonly GraphedTask[], width = 60, max = 500): readonly string[] =>
  graphText(draw(tasks), { width, max, paint: (_tone, words) => words });

describe('a graph as text', () => {
  it('shows each open task once, by waves, with what it waits for; then the critical path', () => {
    expect(text(WORK)).toEqual([
      ...['tasks.md: 1 of 6 completed', '', 'Running: 1', '  [~]   E   Do E', ''],
      ...['Can start now: 1', '  [ ] * B   Do B', ''],
      ...['Wave 2: 1', '  [ ] * C   Do C  <- B', ''],
      ...['Wave 3: 1', '  [ ] * F   Do F  <- C, E', ''],
      ...['Cannot start: 1', '  [ ]   D   Do D  <- gone (not in the list)', ''],
      ...['Over: 1', '  A', ''],
      ...['* Critical path: 3 tasks, about 3 min (1 min a task so far)', '  B -> C -> F'],
    ]);
  });

  it('names sections where they hold several tasks, and marks a cycle', () => {
    const tasks = [
      ...['A', 'B', 'C'].map((id) => task(id, [], { section: 'One' })),
      ...[task('D', ['E'], { section: 'Two' }), task('E', ['D'], { section: 'Two' })],
    ];
    expect(text(tasks)).toEqual([
      ...[
        'tasks.md: 0 of 5 completed',
        '',
        'Can start now: 3',
        '  -- One',
        '  [ ]   A   Do A',
        '  [ ]   B   Do B',
      ],
      ...['  [ ]   C   Do C', '', 'Cannot start: 2', '  -- Two'],
      ...['  [ ] ! D   Do D  <- E', '  [ ] ! E   Do E  <- D'],
    ]);
  });

  it('says how many tasks it leaves out', () => {
    const tasks = Array.from({ length: 30 }, (_, index) => task(`T-${index}`));
    const lines = text(tasks, 60, 10);
    expect(lines.filter((line) => line.startsWith('  ['))).toHaveLength(10);
    expect(lines.at(-1)).toBe('... and 20 more tasks: --max 30 shows them');
  });

  it('keeps to the width, whatever the texts', () => {
    const tasks = Array.from({ length: 8 }, (_, index) =>
      task(`TASK-WITH-A-LONG-ID-${index}`, index === 0 ? [] : ['TASK-WITH-A-LONG-ID-0', 'X-9'], {
        description: 'a description that does not fit '.repeat(9),
      }),
    );
    expect(Math.max(...text(tasks, 80).map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

/** What could break out of a label in one notation or another. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    ...['"];end', '`md`', '#quot;', '%%{init: {}}%%', '<script>alert(1)</script>', ']]>', '\\"'],
    ...['a"] --> x["', 'subgraph', 'style a:#b;', '1. list', '- list', '\\', '\\N', '&lt;', '-->'],
    ...['*/', '\u202e', '\n\nend\n', '{{x}}', '|x|', '(((x)))', ';', '\ud800', '\u0000', '\ufffe'],
  ),
);

const hostileTasks = fc
  .array(fc.tuple(hostile, hostile, fc.option(hostile), fc.array(fc.nat(9), { maxLength: 3 })), {
    minLength: 1,
    maxLength: 9,
  })
  .map((rows) => {
    const ids = rows.map(([id], index) => `${index}${id}`);
    return rows.map(([, description, section, waits], index) =>
      task(
        ids[index] as string,
        waits.map((to) => ids[to] ?? 'gone'),
        { description, section },
      ),
    );
  });

/** The tags of a document, opened and closed in order; throws where it is no XML. */
function tagsOf(xml: string): readonly string[] {
  const open: string[] = [];
  const tags: string[] = [];
  const entity = '&(?:amp|lt|gt|quot);';
  const attribute = `\\s[a-zA-Z:-]+="(?:[^<>&"]|${entity})*"`;
  const token = new RegExp(
    `<(/?)([a-zA-Z]+)((?:${attribute})*)(/?)>|((?:[^<>&]|${entity}|(?<=->)>)+)`,
    'guy',
  );
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const found = token.exec(xml);
    if (found === null) throw new Error(`no XML at ${xml.slice(at, at + 60)}`);
    const [, closes, name, , empty] = found;
    if (name === undefined) continue;
    tags.push(name);
    if (closes === '/') expect(open.pop()).toBe(name);
    else if (empty !== '/') open.push(name);
  }
  expect(open).toEqual([]);
  return tags;
}

describe('a graph as SVG', () => {
  it('draws every task, every needed line, frames, a legend; and nothing from elsewhere', () => {
    const svg = graphSvg(draw(WORK));
    expect(svg.match(/<g class="task [a-z]+( critical)?"><title>/g)).toHaveLength(7);
    expect(svg.match(/<path class="edge[^"]*" [^>]*marker-end/g)).toHaveLength(5);
    expect(svg.match(/<g class="group">/g)).toHaveLength(2);
    expect(svg.match(/<path class="edge critical"[^>]*marker-end/g)).toHaveLength(2);
    expect(svg).toContain('<title id="title">tasks.md: 1 of 6 completed</title>');
    expect(svg).toContain('Critical path: B → C → F.');
    expect(svg).toContain('prefers-color-scheme:dark');
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/http|<script|href|@import/);
  });

  it('places boxes beside each other, never upon each other', () => {
    const many = Array.from({ length: 40 }, (_, index) =>
      task(`T-${index}`, index % 3 === 0 ? [] : [`T-${index - 1}`], {
        section: `S${index % 4}`,
        description: 'Do what is to be done '.repeat(1 + (index % 3)),
      }),
    );
    const loose = Array.from({ length: 30 }, (_, index) =>
      task(`L-${index}`, [], { section: index < 20 ? 'loose' : null }),
    );
    const svg = graphSvg(draw([...many, ...loose]));
    const number = '(-?[\\d.]+)';
    const shape = new RegExp(
      `</title><rect x="${number}" y="${number}" width="${number}" height="${number}" rx="6"`,
      'g',
    );
    const boxes = [...svg.matchAll(shape)].map(([, x, y, width, height]) => ({
      left: Number(x),
      top: Number(y),
      right: Number(x) + Number(width),
      bottom: Number(y) + Number(height),
    }));
    expect(boxes).toHaveLength(70);
    const size = /^<svg [^>]*width="(\d+)" height="(\d+)"/.exec(svg);
    for (const [index, one] of boxes.entries()) {
      expect(one.right).toBeLessThan(Number(size?.[1]));
      expect(one.bottom).toBeLessThan(Number(size?.[2]));
      const upon = boxes.slice(index + 1).filter((other) => {
        const beside = one.right <= other.left || other.right <= one.left;
        return !beside && one.bottom > other.top && other.bottom > one.top;
      });
      expect(upon).toEqual([]);
    }
  });

  it('is XML whatever the texts', () => {
    const property = fc.property(hostileTasks, (tasks) => {
      const svg = graphSvg(draw(tasks));
      expect(tagsOf(svg.trimEnd())).not.toContain('script');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML holds none of these
      expect(svg).not.toMatch(/[\u0000-\u0008\u000b-\u001f\p{Cs}\ufffe\uffff]/u);
    });
    fc.assert(property, { numRuns: 60 });
  });

  it('is refused, with the name of what is not, where there are too many tasks', () => {
    const tasks = Array.from({ length: SVG_TASKS_MAX + 1 }, (_, index) => task(`T-${index}`));
    const refused = (): unknown => graphSvg(draw(tasks));
    expect(refused).toThrow(PawlError);
    expect(refused).toThrow(/at most 500 tasks/);
    expect(graphDot(draw(tasks))).toContain('t501 [');
  });

  it('is refused where a few lines pass by very many tasks, which would take minutes', () => {
    const chain = Array.from({ length: 200 }, (_, index) =>
      task(`C-${index}`, index === 0 ? [] : [`C-${index - 1}`]),
    );
    const beside = Array.from({ length: 200 }, (_, index) => task(`B-${index}`, ['C-0']));
    const last = task('Z', ['C-199', ...beside.map((one) => one.taskId)]);
    expect(() => graphSvg(draw([...chain, ...beside, last]))).toThrow(/these are .* too long$/);
  });
});

describe('a graph as Mermaid', () => {
  it('groups tasks by section and emphasises the critical path', () => {
    const lines = graphMermaid(draw(WORK)).split('\n');
    expect(lines.slice(0, 5)).toEqual([
      ...['flowchart LR', '  subgraph s1["First"];', '    t1["A<br/>Do A"]:::completed;'],
      ...['    t2["B<br/>Do B"]:::ready;', '  end;'],
    ]);
    expect(lines).toContain('  t1 --> t2;');
    expect(lines).toContain('  t2 ==> t3;');
    expect(lines).not.toContain('  t1 --> t3;');
    expect(lines).toContain('  class t2,t3,t6 marked;');
  });

  it('holds nothing but what it is made of, whatever the texts', () => {
    const label = "(?:[\\p{L}\\p{M}\\p{N} ,./'…-]|#\\d+;|<br/>)";
    const shapes = [
      ...['flowchart LR', ' *subgraph (?:s\\d+|legend)\\["LABEL+"\\];', ' *end;'],
      ...[' +direction LR;', ' *[tl][a-z\\d]+\\["LABEL+"\\]:::[a-z]+;'],
      ...[' *t\\d+ (?:-->|==>) t\\d+;', ' *classDef [a-z]+ [a-z\\d:#, -]+;'],
      ...[' *class [t\\d,]+ marked;', ' *linkStyle [\\d,]+ [a-z\\d:#,-]+;', ''],
    ];
    const line = new RegExp(`^(?:${shapes.join('|').replaceAll('LABEL', label)})$`, 'u');
    const property = fc.property(hostileTasks, (tasks) => {
      for (const one of graphMermaid(draw(tasks)).split('\n')) expect(one).toMatch(line);
    });
    fc.assert(property);
  });

  it('lets no label begin as a list would', () => {
    const label = (description: string) =>
      /t1\["A<br\/>(.*)"\]/.exec(graphMermaid(draw([task('A', [], { description })])))?.[1];
    expect(label('1. First')).toBe('1#46; First');
    expect(label('- dash')).toBe('#45; dash');
    expect(label('2.5 times')).toBe('2#46;5 times');
  });
});

describe('a graph as DOT', () => {
  it('groups tasks in clusters and emphasises the critical path', () => {
    const dot = graphDot(draw(WORK));
    expect(dot.match(/subgraph cluster_s\d+ \{/g)).toHaveLength(2);
    expect(dot).toContain('  t1 -> t2;\n');
    expect(dot).toMatch(/ {2}t2 -> t3 \[color="#8b5cf6", penwidth=2\.5\];\n/);
  });

  it('is words, strings and brackets in pairs, whatever the texts', () => {
    const token = /\s+|->|[{}[\]=,;]|[A-Za-z_][\w]*|\d+(?:\.\d+)?|"(?:[^"\\]|\\["\\n])*"/uy;
    const property = fc.property(hostileTasks, (tasks) => {
      const dot = graphDot(draw(tasks));
      const open: string[] = [];
      token.lastIndex = 0;
      while (token.lastIndex < dot.length) {
        const at = token.lastIndex;
        const found = token.exec(dot);
        if (found === null) throw new Error(`no DOT at ${dot.slice(at, at + 60)}`);
        if (found[0] === '{' || found[0] === '[') open.push(found[0]);
        if (found[0] === '}') expect(open.pop()).toBe('{');
        if (found[0] === ']') expect(open.pop()).toBe('[');
      }
      expect(open).toEqual([]);
    });
    fc.assert(property);
  });
});
