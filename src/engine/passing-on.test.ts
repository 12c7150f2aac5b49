import { expect, it } from 'vitest';
import { mayBeAwaited } from './passing-on.ts';

it('a place may be awaited where a limit, or a full list, keeps others from all others', () => {
  const seen = { running: 2, isLimited: false, isShared: true };
  const options = { maxConcurrent: 3, agentLimits: {} };
  expect(mayBeAwaited(seen, options)).toBe(false);
  expect(mayBeAwaited({ ...seen, running: 3 }, options)).toBe(true);
  expect(mayBeAwaited({ ...seen, running: 3, isShared: false }, options)).toBe(false);
  expect(mayBeAwaited({ ...seen, isLimited: true, isShared: false }, options)).toBe(true);
  expect(mayBeAwaited(seen, { ...options, agentLimits: { claude: 9 } })).toBe(true);
});
