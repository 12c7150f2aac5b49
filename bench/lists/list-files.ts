/** Lists as long as one likes, with texts as long as people write them. */
export const LIST_KINDS = {
  'a table': tableList,
  'boxes with steps': steppedList,
  'boxes without ids': (rows: number) => boxList(boxTexts(rows)),
} as const satisfies Readonly<Record<string, (rows: number) => string>>;

const ROWS_IN_SECTION = 100;
const STEPS = 3;

export function tableList(rows: number): string {
  const head = '| ID | Task | Pri | Depends | Status |\n|----|------|-----|---------|--------|\n';
  return inSections(rows, head, (at) => {
    const text = `Add the order endpoint number ${at} with \`code\` and its tests`;
    const after = at % ROWS_IN_SECTION === 0 ? '' : `API-${at - 1}`;
    const mark = at % 3 === 0 ? 'x' : ' ';
    return `| API-${at} | ${text} | P${(at % 4) + 1} | ${after} | [${mark}] |\n`;
  });
}

/** A row is a box or one of its steps. */
function steppedList(rows: number): string {
  const steps = '  - [ ] write the test for it\n  - [ ] make it pass\n  - [x] tidy up\n';
  return inSections(rows / (1 + STEPS), '', (at) => {
    const after = at % ROWS_IN_SECTION === 0 ? '' : ` depends: API-${at - 1}`;
    return `- [ ] **API-${at}**: Add the order endpoint number ${at} (P2)${after}\n${steps}`;
  });
}

export function boxList(texts: readonly string[]): string {
  return inSections(texts.length, '', (at) => `- [ ] ${texts[at]}\n`);
}

/** Texts that are like each other, as those of a list are. */
export function boxTexts(count: number): readonly string[] {
  let state = 1;
  const draw = (words: readonly string[]): string => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return words[(state >> 8) % words.length] as string;
  };
  return Array.from({ length: count }, (_, at) => {
    const what = `${draw(VERBS)} the ${draw(THINGS)} of the ${draw(THINGS)}`;
    return `${what} and ${draw(VERBS)} it with the ${draw(THINGS)} in step ${at}`;
  });
}

const VERBS = 'add remove change test sort filter export import report cache queue'.split(' ');
const THINGS =
  'order user table endpoint page button index login token chart price stock cart email'.split(' ');

function inSections(rows: number, head: string, row: (at: number) => string): string {
  let text = '# A long list\n';
  for (let at = 0; at < rows; at += 1) {
    if (at % ROWS_IN_SECTION === 0) text += `\n## Section ${at / ROWS_IN_SECTION}\n\n${head}`;
    text += row(at);
  }
  return text;
}
