import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongKindsFirst } from './test/support/long-kinds-first.ts';
import { RunSummary } from './test/support/run-summary.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

const full = process.env['PAWL_TEST_DEPTH'] === 'full';
const seed = Number(process.env['PAWL_TEST_SEED'] ?? Math.trunc(Math.random() * 0x7fff_ffff));

/** The store's contract on a PostgreSQL server of its own: too slow for `npm run check`. */
const SERVER_STORE = 'test/contract/store/postgres*.test.ts';

/** What Node made of the programs that the tests start, for the next start of each. */
const COMPILED = 'node_modules/.cache/pawl-compiled';

/** A slow proof is one whose reduced counts take seconds, and whose full counts take minutes. */
const slow = (name: string, reducedMs: number, fullMs: number, ...globalSetup: string[]) => ({
  extends: true as const,
  test: {
    name,
    globalSetup,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: full ? fullMs : reducedMs,
    // A full run leaves tens of thousands of files to be removed.
    hookTimeout: full ? 3 * MINUTE_MS : 30 * SECOND_MS,
  },
});

/**
 * One project for each kind of proof. `unit` is what `npm run check` runs: the tests beside the
 * sources, the rules of the house and the store's contract. Every test file below `src/` and
 * `test/` belongs to exactly one project; `test/tidy.test.ts` holds that to be so.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    // Many tests wait for processes: on two cores a third finds room.
    maxWorkers: 3,
    // Modules hold no state (`test/tidy.test.ts`): files may share them, in half the time.
    isolate: false,
    setupFiles: ['test/support/seeded.ts'],
    sequence: { sequencer: LongKindsFirst },
    // Handed to the test processes, so that a run is replayed by naming its seed.
    env: {
      PAWL_TEST_SEED: String(seed),
      PAWL_TEST_DEPTH: full ? 'full' : 'reduced',
      // As `bin/pawl.js` has it: a fifth of what a start of the built command costs.
      NODE_COMPILE_CACHE: fileURLToPath(new URL(COMPILED, import.meta.url)),
    },
    reporters: ['default', new RunSummary({ seed, full })],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            'src/**/*.test.ts',
            'test/*.test.ts',
            'test/{contract,support,tidy}/**/*.test.ts',
          ],
          exclude: [SERVER_STORE],
          testTimeout: full ? 5 * MINUTE_MS : 30 * SECOND_MS,
          hookTimeout: 15 * SECOND_MS,
        },
      },
      {
        extends: true,
        test: {
          name: 'server',
          include: [SERVER_STORE],
          testTimeout: MINUTE_MS,
          hookTimeout: MINUTE_MS,
        },
      },
      slow('sim', 3 * MINUTE_MS, 20 * MINUTE_MS),
      slow(
        'e2e',
        2 * MINUTE_MS,
        5 * MINUTE_MS,
        'test/support/built-pawl.ts',
        'test/chaos/built-chaos.ts',
      ),
      slow('chaos', 3 * MINUTE_MS, 90 * MINUTE_MS, 'test/chaos/built-chaos.ts'),
      slow(
        'upgrade',
        2 * MINUTE_MS,
        20 * MINUTE_MS,
        'test/support/built-pawl.ts',
        'test/upgrade/built-releases.ts',
      ),
    ],
  },
});
