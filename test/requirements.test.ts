import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IN } from './requirements/proof-files.ts';
import { by, CAPABILITIES, open, type Proof, partly, proved } from './requirements/requirement.ts';
import { testTitles } from './requirements/test-titles.ts';
import { BUILT, OWED, REQUIREMENTS } from './requirements.ts';
import { filesOf, read } from './tidy/repository.ts';
import { parse } from './tidy/source.ts';

const all = REQUIREMENTS.flatMap((asked) => asked.requirements);
const proofs = all.flatMap(({ standing }) => (standing.kind === 'open' ? [] : standing.proofs));
const until = ({ standing }: (typeof all)[number]) =>
  standing.kind === 'proved' ? [] : [standing.until];

/** Test files, and the parts of a contract that they run. */
const files = run(
  [...filesOf('src'), ...filesOf('test')].filter((path) => path.endsWith('.test.ts')),
);

/** These files, with every file of a contract that one of them imports. */
function run(paths: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const look = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    if (!path.startsWith('test/contract/')) return;
    for (const [, name = ''] of read(path).matchAll(/from '(\.\/[\w-]+\.ts)'/g)) {
      look(join(dirname(path), name));
    }
  };
  for (const path of paths) look(path);
  return found;
}

const titles = new Map<string, ReadonlySet<string>>();

/** What is wrong with a proof; undefined when the test exists. */
function fault({ file, title }: Proof): string | undefined {
  if (!files.has(file)) return `${file} is no test file`;
  const known = titles.get(file) ?? testTitles(parse(file, read(file)));
  titles.set(file, known);
  return known.has(title) ? undefined : `${file} has no test "${title}"`;
}

describe('the promises', () => {
  it('each have an id of their own, from the document that asked for it', () => {
    const ids = all.map((one) => one.id);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    const astray = REQUIREMENTS.flatMap(({ prefix, requirements }) =>
      requirements.filter((one) => !one.id.startsWith(prefix)).map((one) => one.id),
    );
    expect(astray).toEqual([]);
  });

  it('are said in their own words and in ours', () => {
    expect(all.filter((one) => one.phrase === '' || !one.promise.endsWith('.'))).toEqual([]);
  });

  it('include G1 to G12', () => {
    const numbers = Array.from({ length: 12 }, (_, index) => `G${index + 1}`);
    expect(all.map((one) => one.id)).toEqual(expect.arrayContaining(numbers));
  });

  it('are proved by tests that exist', () => {
    expect(proofs.map(fault).filter((one) => one !== undefined)).toEqual([]);
  });

  it('are proved by every file that is named for it', () => {
    const named = new Set(proofs.map(({ file }) => file));
    expect(Object.values(IN).filter((file) => !named.has(file))).toEqual([]);
  });

  it('are open only until something that is known to come', () => {
    expect(all.flatMap(until).filter((capability) => !(capability in CAPABILITIES))).toEqual([]);
  });

  it('are not open any more where what they waited for is built, but for those owed', () => {
    const late = all.filter((one) => until(one).some((capability) => BUILT.includes(capability)));
    expect(late.map((one) => one.id).toSorted()).toEqual(Object.keys(OWED).toSorted());
  });

  it('say what of them is still to come, where they are proved in part', () => {
    const parts = all.flatMap(({ standing }) => (standing.kind === 'partly' ? [standing] : []));
    expect(
      parts.filter((standing) => standing.open === '' || standing.proofs.length === 0),
    ).toEqual([]);
  });

  it('`npm test task-queue-persistence` runs the file of that name', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    // What stands behind `npm test` is handed on as a filter of paths.
    expect(scripts['test']).toBe('vitest run');
    const matching = [...files].filter((path) => path.includes('task-queue-persistence'));
    expect(matching).toEqual(['test/task-queue-persistence.test.ts']);
  });
});

describe('a proof that does not exist is found', () => {
  const file = 'test/requirements.test.ts';

  it('when the file is missing, or is no test', () => {
    expect(fault({ file: 'test/nowhere.test.ts', title: 'x' })).toContain('no test file');
    expect(fault({ file: 'test/requirements.ts', title: 'x' })).toContain('no test file');
    expect(fault({ file: 'test/support/test-depth.ts', title: 'x' })).toContain('no test file');
  });

  it('when no test has the title, though the text stands in the file', () => {
    const title = 'a title that stands here as text alone';
    expect(fault({ file, title })).toContain('has no test');
    expect(fault({ file, title: 'are proved by tests that exist' })).toBeUndefined();
  });

  it('whatever way its test is declared', () => {
    const text = "it('a', f); test(`b`, f); it.each([1])('c %i', f); it(`d ${1}`, f); // it('e')";
    expect([...testTitles(parse('a.ts', text))]).toEqual(['a', 'b', 'c %i']);
  });

  it('when its test is not run, or is known to fail', () => {
    const text = "it.skip('a', f); it.fails('b', f); it.todo('c'); it.skipIf(no)('d', f);";
    expect([...testTitles(parse('a.ts', text))]).toEqual(['d']);
  });

  it('a standing is proved by tests, proved in part, or open', () => {
    const both = [...by(file, 'x', 'y')];
    expect(proved(by(file, 'x'), by(file, 'y'))).toEqual({ kind: 'proved', proofs: both });
    expect(partly({ until: 'http', open: 'doors' }, by(file, 'x', 'y'))).toEqual({
      ...{ kind: 'partly', proofs: both, until: 'http', open: 'doors' },
    });
    expect(open('mainJob')).toEqual({ kind: 'open', until: 'mainJob' });
  });
});
