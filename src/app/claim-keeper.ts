import { readOutputTail } from '../agents/program-output.ts';
import { environment } from '../config/environment.ts';
import type { ReadConfig } from '../config/read-config.ts';
import { storedOptions } from '../config/stored-options.ts';
import { ClaimWatch } from '../engine/claim-watch.ts';
import { createLauncher } from '../engine/launcher.ts';
import type { ClaimKeeper, ClaimRules } from '../operations/claim-context.ts';
import { describeSpecialist } from '../operations/show-role.ts';
import type { ListRecord } from '../store/store.ts';
import { executionOptions } from './create-executor.ts';
import { readProjectConfig } from './project-config.ts';
import { rolePlaces } from './role-places.ts';
import { PAWL_VERSION } from './version.ts';
import type { Workspace } from './workspace.ts';

/** A keeper with a lifetime: `stop` before the workspace is closed. */
export interface LivingClaimKeeper extends ClaimKeeper {
  stop(): Promise<void>;
}

const TAIL_BYTES = 4_096;

/**
 * What a process that clients talk to needs to hold tasks for them. Nothing runs before `start`.
 *
 * @throws PawlError `config_invalid`.
 */
export async function createClaimKeeper(workspace: Workspace): Promise<LivingClaimKeeper> {
  const { world, root, stateDir, runner, log } = workspace;
  const settings = (list: ListRecord | null): Promise<ReadConfig> =>
    readProjectConfig(world, {
      stateDir,
      stored: storedOptions(list?.executor.configJson ?? null),
    });
  const { config } = await settings(null);
  const options = executionOptions(config);
  const launcher = createLauncher({
    ...{ world, root, options, extraAgents: [], allowance: config.allow },
    ...{ promptTemplate: null, inherited: environment() },
    roleContext: async (name) =>
      (await describeSpecialist(workspace, { name, places: rolePlaces(workspace) })).text,
  });
  const watch = new ClaimWatch({
    ...{ world, runner, launcher, log, options, attemptsDir: `${stateDir}/attempts` },
    store: () => workspace.store,
    version: PAWL_VERSION,
    policyOf: async (listId) =>
      executionOptions((await settings(await workspace.store.listRecord(listId))).config).retry,
  });
  return {
    holderId: watch.holderId,
    verifierLeaseMs: options.leaseMs,
    get leasesCount() {
      return watch.leasesCount;
    },
    start: () => watch.start(),
    stop: () => watch.stop(),
    verify: (claimed) => watch.verify(claimed),
    sweep: () => watch.sweep(),
    outputTail: (folder) => readOutputTail(world.files, folder, TAIL_BYTES),
    rules: async (lists, clientName) => {
      const read = await Promise.all(lists.map((list) => settings(list)));
      const rules = rulesOf(lists, read, config.agentLimits[clientName] ?? null);
      return config.labels === null ? rules : { ...rules, offered: config.labels };
    },
  };
}

/** A default limits executors only; what somebody said limits everybody. */
function rulesOf(
  lists: readonly ListRecord[],
  settings: readonly ReadConfig[],
  clientMax: number | null,
): ClaimRules {
  return {
    clientMax,
    lists: settings.map(({ config, origins }, at) => ({
      listId: (lists[at] as ListRecord).listId,
      policy: executionOptions(config).retry,
      maxConcurrent: origins.maxConcurrent === 'standard' ? null : config.maxConcurrent,
    })),
  };
}
