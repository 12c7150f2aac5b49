import { describe, expect, it } from 'vitest';
import { rememberOption } from '../config/stored-options.ts';
import type { ExecutionOptions } from '../engine/execution.ts';
import { heededOptions } from './heeded-options.ts';

const AT_FIRST = rememberOption(null, 'maxConcurrent', 2);
const begun = (keptAtFirst: string | null) =>
  heededOptions({ maxConcurrent: 4 } as ExecutionOptions, keptAtFirst);
const said = (maxConcurrent: unknown): string =>
  rememberOption(AT_FIRST, 'maxConcurrent', maxConcurrent);

describe('a run that goes on while persons change their mind', () => {
  it('goes by what it was told itself, as long as nobody said anything since', () => {
    const { options, heed } = begun(AT_FIRST);
    heed(AT_FIRST);
    expect(options.maxConcurrent).toBe(4);
  });

  it.each([AT_FIRST, null])('heeds what was said before its first look (kept: %s)', (kept) => {
    const { options, heed } = begun(kept);
    heed(said(7));
    expect(options.maxConcurrent).toBe(7);
    heed(said(1));
    expect(options.maxConcurrent).toBe(1);
  });

  it.each([said(0), said('many'), 'nonsense', null])(
    'passes over what says nothing: %s',
    (text) => {
      const { options, heed } = begun(AT_FIRST);
      heed(text);
      expect(options.maxConcurrent).toBe(4);
    },
  );
});
