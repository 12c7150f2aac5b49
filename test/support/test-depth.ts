/**
 * How deep this run proves, and its one seed. `npm test` runs every kind of proof at reduced
 * counts, `npm run test:full` at full ones; `PAWL_TEST_SEED=n` replays a run.
 */
export const testDepth = {
  full: process.env['PAWL_TEST_DEPTH'] === 'full',
  seed: Number(process.env['PAWL_TEST_SEED'] ?? 1),
  /** The count to use: `kills = testDepth.pick({ reduced: 30, full: 300 })`. */
  pick<T>(counts: { readonly reduced: T; readonly full: T }): T {
    return testDepth.full ? counts.full : counts.reduced;
  },
} as const;
