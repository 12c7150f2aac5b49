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
  { open, shared }: { readonly open: OpenFreshStore; readonly shared: boolean },
): void {
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

  describe(`${name}: loading lists`, () => loadingContract(on));
  describe(`${name}: which list and which task`, () => listIdentityContract(on));
  describe(`${name}: breakdowns`, () => breakdownsContract(on));
  describe(`${name}: changing breakdowns`, () => breakdownEditsContract(on));
  describe(`${name}: breakdowns as wholes`, () => savedBreakdownsContract(on));
  describe(`${name}: pages and sessions`, () => pagingContract(on));
  describe(`${name}: claiming`, () => claimingContract(on));
  describe(`${name}: attempts`, () => attemptsContract(on));
  describe(`${name}: claims of clients`, () => clientClaimsContract(on));
  describe(`${name}: ends by clients`, () => clientEndsContract(on));
  describe(`${name}: limits and labels`, () => limitsContract(on));
  describe(`${name}: dependants`, () => dependantsContract(on));
  describe(`${name}: a person's verbs`, () => personsVerbsContract(on));
  describe(`${name}: locks, processes, requests and calls`, () => coordinationContract(asItIs));
  describe(`${name}: many servers`, () => fleetContract(asItIs));
  describe(`${name}: calls that are answered later`, () => handlesContract(on));
  describe(`${name}: artifacts`, () => artifactsContract(on));
  describe(`${name}: plans of other programs`, () => importsContract(on));
  describe(`${name}: reading`, () => readingContract(on));
  if (shared) describe(`${name}: other programs`, () => outsideContract(asItIs));
}
