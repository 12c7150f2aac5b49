import { describe } from 'vitest';
import { artifactsContract } from './artifacts-contract.ts';
import { attemptsContract } from './attempts-contract.ts';
import { breakdownEditsContract } from './breakdown-edits-contract.ts';
import { breakdownsContract } from './breakdowns-contract.ts';
import { claimingContract } from './claiming-contract.ts';
import { clientClaimsContract } from './client-claims-contract.ts';
import { clientEndsContract } from './client-ends-contract.ts';
import { coordinationContract } from './coordination-contract.ts';
import { dependantsContract } from './dependants-contract.ts';
import { fleetContract } from './fleet-contract.ts';
import { handlesContract } from './handles-contract.ts';
import { importsContract } from './imports-contract.ts';
import { limitsContract } from './limits-contract.ts';
import { listIdentityContract } from './list-identity-contract.ts';
import { loadingContract } from './loading-contract.ts';
import { outsideContract } from './outside-contract.ts';
import { pagingContract } from './paging-contract.ts';
import { personsVerbsContract } from './persons-verbs-contract.ts';
import { readingContract } from './reading-contract.ts';
import { savedBreakdownsContract } from './saved-breakdowns-contract.ts';
import { createSteeredWorld } from './steered-world.ts';
import { type OpenFreshStore, StoreBench } from './store-bench.ts';

/**
 * What every store must do, whatever database is below it. `shared` says that other programs can
 * get at its data, too.
 */
export function storeContract(
  name: string,
  options: {
    readonly open: OpenFreshStore;
    readonly shared: boolean;
    /** Where another set-up of the same database is tried, and time is short. */
    readonly only?: readonly string[] | undefined;
  },
): void {
  const { open, shared, only } = options;
  /** Each test has a store of its own, which must be sound in the end. */
  const on =
    (run: (bench: StoreBench) => Promise<void>, soundAfter = true) =>
    async () => {
      const world = createSteeredWorld();
      const bench = new StoreBench(world, await open(world));
      try {
        await run(bench);
        if (soundAfter) await bench.expectSound();
      } finally {
        await bench.fresh.dispose();
      }
    };
  const asItIs = (run: (bench: StoreBench) => Promise<void>) => on(run, false);

  const all: Readonly<Record<string, () => void>> = {
    'loading lists': () => loadingContract(on),
    'which list and which task': () => listIdentityContract(on),
    breakdowns: () => breakdownsContract(on),
    'changing breakdowns': () => breakdownEditsContract(on),
    'breakdowns as wholes': () => savedBreakdownsContract(on),
    'pages and sessions': () => pagingContract(on),
    claiming: () => claimingContract(on),
    attempts: () => attemptsContract(on),
    'claims of clients': () => clientClaimsContract(on),
    'ends by clients': () => clientEndsContract(on),
    'limits and labels': () => limitsContract(on),
    dependants: () => dependantsContract(on),
    "a person's verbs": () => personsVerbsContract(on),
    'locks, processes, requests and calls': () => coordinationContract(asItIs),
    'many servers': () => fleetContract(asItIs),
    'calls that are answered later': () => handlesContract(on),
    artifacts: () => artifactsContract(on),
    'plans of other programs': () => importsContract(on),
    reading: () => readingContract(on),
    ...(shared ? { 'other programs': () => outsideContract(asItIs) } : {}),
  };
  for (const [part, contract] of Object.entries(all)) {
    if (only === undefined || only.includes(part)) describe(`${name}: ${part}`, contract);
  }
}
