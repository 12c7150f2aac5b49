import fc from 'fast-check';

/** Names that a settings file may hold, awkward ones too, and none of Pawl's. */
const anyName = fc.oneof(
  fc.constantFrom('theme', 'mcp', 'servers', 'a.b', 'quoted "name"', 'ünïcode', 'x y', '#no', ''),
  fc.stringMatching(/^[a-z][a-zA-Z0-9_-]{0,8}$/),
);

const anyScalar = fc.oneof(
  fc.integer({ min: -1e6, max: 1e6 }),
  fc.boolean(),
  fc.constantFrom(
    '// no comment',
    '/* nor this */',
    '[mcp_servers.pawl]',
    '# hash',
    'a\nb',
    '"',
    '\\',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);

type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

const { value: anyJson } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    anyScalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(anyName, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

const anyLaunch = fc.record({
  command: fc.constantFrom('npx', 'node', '/usr/bin/env', 'docker'),
  args: fc.array(fc.constantFrom('-y', 'server', '--stdio', 'a b', '"q"'), { maxLength: 3 }),
});

/** Settings with servers in them, or without. */
export const anySettings = (container: string) =>
  fc
    .tuple(
      fc.dictionary(anyName, anyJson, { maxKeys: 4, noNullPrototype: true }),
      fc.option(
        fc.dictionary(fc.constantFrom('github', 'a.b', 'play wright', 'fs'), anyLaunch, {
          maxKeys: 3,
          noNullPrototype: true,
        }),
      ),
      fc.boolean(),
    )
    .map(([others, servers, first]) => {
      const { [container]: _gone, ...rest } = others;
      if (servers === null) return rest;
      return first ? { [container]: servers, ...rest } : { ...rest, [container]: servers };
    });

/** How a person writes: decisions are drawn one after the other. */
export interface Handwriting {
  readonly eol: '\n' | '\r\n';
  readonly unit: string;
  readonly mark: boolean;
  readonly draws: readonly number[];
}

export const anyHandwriting: fc.Arbitrary<Handwriting> = fc.record({
  eol: fc.constantFrom('\n', '\r\n'),
  unit: fc.constantFrom('  ', '    ', '\t', ' '),
  mark: fc.boolean(),
  draws: fc.array(fc.nat(5), { minLength: 1, maxLength: 40 }),
});

/** The settings as JSON with comments, trailing commas and every other liberty. */
export function jsoncText(settings: unknown, { eol, unit, mark, draws }: Handwriting): string {
  let at = 0;
  const draw = (): number => draws[at++ % draws.length] ?? 0;
  const comment = (): string => ['', '', ' /* why */', ` // { "x": [${eol}`, '', ' '][draw()] ?? '';
  const inline = (): string => comment().replace(/\/\/.*$/s, '');
  const write = (value: unknown, indent: string, oneLine: boolean): string => {
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    const isList = Array.isArray(value);
    const [open, close] = isList ? ['[', ']'] : ['{', '}'];
    const flat = oneLine || draw() === 5;
    const entries = Object.entries(value);
    const inner = indent + unit;
    const items = entries.map(([key, item], index) => {
      const name = isList ? '' : `${JSON.stringify(key)}${inline()}:${draw() > 0 ? ' ' : ''}`;
      const text = `${name}${write(item, inner, flat)}${inline()}`;
      const isLast = index === entries.length - 1;
      return `${text}${isLast && (flat || draw() < 4) ? '' : ','}`;
    });
    if (flat) return `${open}${items.join(' ')}${inline()}${close}`;
    const lines = items.map((item) => {
      const trailing = comment();
      const end = trailing.endsWith(eol) ? trailing : `${trailing}${eol}`;
      const above = draw() === 4 ? `${inner}// above${eol}` : '';
      return `${above}${inner}${item}${end}`;
    });
    if (lines.length === 0) return `${open}${draw() > 3 ? `${eol}${indent}` : inline()}${close}`;
    return `${open}${eol}${lines.join('')}${indent}${close}`;
  };
  const head = draw() === 3 ? `// settings${eol}` : '';
  const tail = draw() > 2 ? eol : '';
  return `${mark ? '\uFEFF' : ''}${head}${write(settings, '', false)}${tail}`;
}

/** The settings as TOML with sections, dotted keys, inline tables and comments. */
export function tomlText(settings: object, { eol, mark, draws }: Handwriting): string {
  let at = 0;
  const draw = (): number => draws[at++ % draws.length] ?? 0;
  const comment = (): string => (draw() > 3 ? ' # [not.a.header]' : '');
  const key = (name: string): string =>
    /^[A-Za-z0-9_-]+$/.test(name) && draw() > 0 ? name : JSON.stringify(name);
  const inline = (value: unknown): string => {
    if (Array.isArray(value)) {
      const items = value.map(inline);
      if (draw() < 4) return `[${items.join(', ')}]`;
      return `[${eol}${items.map((item) => `  ${item},${comment()}${eol}`).join('')}]`;
    }
    if (typeof value === 'object' && value !== null) {
      const items = Object.entries(value).map(([name, item]) => `${key(name)} = ${flat(item)}`);
      return `{ ${items.join(', ')} }`;
    }
    return JSON.stringify(value);
  };
  const flat = (value: unknown): string => inline(value).replaceAll(/ #[^\r\n]*|\r?\n/g, '');
  const isTable = (value: unknown): value is object =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const lines: string[] = draw() === 2 ? ['# settings', ''] : [];
  const table = (path: readonly string[], value: object): void => {
    const entries = Object.entries(value);
    const asSection = (item: unknown): item is object => isTable(item) && draw() !== 1;
    const sections: [string, object][] = [];
    for (const [name, item] of entries) {
      if (asSection(item)) sections.push([name, item]);
      else lines.push(`${key(name)} = ${inline(item)}${comment()}`);
    }
    for (const [name, item] of sections) {
      if (draw() > 2) lines.push('');
      if (draw() === 4) lines.push('# about what follows');
      lines.push(`[${[...path, name].map(key).join('.')}]${comment()}`);
      table([...path, name], item);
    }
  };
  table([], settings);
  const end = draw() > 1 ? eol : '';
  return `${mark ? '\uFEFF' : ''}${lines.join(eol)}${end}`;
}
