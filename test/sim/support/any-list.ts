import fc from 'fast-check';

const word = fc.constantFrom(
  ...['write', 'the', 'parser', 'test', 'Größe', '日本', '😀', 'e\u0301', '`code`', '**bold**'],
  ...['a \\| b', '[link](x)', 'P1', 'x:y', '(see below)', '_it_', 'don’t', '100%', 'und so weiter'],
);
const words = fc.array(word, { minLength: 1, maxLength: 6 }).map((all) => all.join(' '));
const mark = fc.constantFrom('[ ]', '[x]', '[X]', '[~]', '[!]', '[-]');
const status = fc.oneof(mark, fc.constantFrom('Pending', 'Done', 'In Progress', '✅', ''));
const bullet = fc.constantFrom('-', '*', '+', '1.', '2)');

/** `#` stands for the number of the piece, so that ids differ. */
const box = fc
  .record({
    bullet,
    mark,
    words,
    id: fc.constantFrom('', 'B-#: ', '**B-#**: ', 'B-# '),
    clause: fc.constantFrom('', ' (P1)', ' depends: A-1', ' `timeout: 5m`', ' verify: npm test'),
    below: fc.array(
      fc.oneof(
        words.map((text) => `note ${text}`),
        words.map((text) => `- [ ] ${text}`),
      ),
      {
        maxLength: 3,
      },
    ),
  })
  .map(({ bullet: sign, mark: own, words: text, id, clause, below }) =>
    [`${sign} ${own} ${id}do ${text}${clause}`, ...below.map((line) => `   ${line}`)].join('\n'),
  );

const COLUMNS = ['ID', 'Task', 'Status', 'Pri', 'Depends', 'Owner', 'Estimate'] as const;

const table = fc
  .record({
    columns: fc.shuffledSubarray([...COLUMNS], { minLength: 3 }),
    rows: fc.array(fc.record({ words, status }), { minLength: 1, maxLength: 4 }),
    padded: fc.boolean(),
  })
  .map(({ columns, rows, padded }) => {
    const all = [
      'ID',
      'Task',
      'Status',
      ...columns.filter((name) => !/^(?:ID|Task|St)/.test(name)),
    ];
    const order = all.sort((a, b) => columns.indexOf(a as never) - columns.indexOf(b as never));
    const line = (cells: readonly string[]): string =>
      `| ${cells.map((cell) => (padded ? cell.padEnd(14) : cell)).join(' | ')} |`;
    const cells = rows.map((row, at) =>
      order.map((name) => {
        if (name === 'ID') return `TA-#${at}`;
        if (name === 'Task') return `do ${row.words}`;
        if (name === 'Status') return row.status;
        return name === 'Pri' ? 'P2' : '';
      }),
    );
    return [line(order), line(order.map(() => '---')), ...cells.map(line)].join('\n');
  });

const yaml = words.map(
  (text) =>
    `\`\`\`yaml\nid: Y-#\ntitle: ${JSON.stringify(text)}\nstatus: pending\nsteps: [a, b]\n\`\`\``,
);
const aside = fc.oneof(
  words,
  words.map((text) => `## ${text}`),
  words.map((text) => `> ${text}`),
  fc.constantFrom(
    ...[
      '```sh\n- [ ] not a task\n```',
      '<!--\n- [ ] Z-1: hidden\n-->',
      '---',
      '| A | B |\n|---|---|',
    ],
    ...['**Exit criteria:**\n\n- [ ] it works', '### Definition of done\n\n- [x] reviewed'],
  ),
);

/** Lists of all shapes, mixed, with every kind of line end and beginning. */
export const anyList = fc
  .record({
    pieces: fc.array(fc.oneof(box, box, table, yaml, aside), { minLength: 1, maxLength: 10 }),
    eol: fc.constantFrom('\n', '\n', '\r\n'),
    head: fc.constantFrom('', '', '\uFEFF', '# List\n\n', '---\ntitle: x\n---\n\n'),
    closed: fc.boolean(),
  })
  .map(({ pieces, eol, head, closed }) => {
    const numbered = pieces.map((piece, at) => piece.replace(/\b(TA|B|Y)-#/g, `$1-${at + 1}`));
    const text = head + numbered.join('\n\n') + (closed ? '\n' : '');
    return text.replaceAll('\n', eol);
  });
