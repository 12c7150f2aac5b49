import { parentOfList } from '../domain/breakdown/list-path.ts';
import { isPawlError, type PawlError } from '../domain/errors.ts';
import { readAnyList } from '../listfile/file/read-list.ts';
import { unmergedFiles } from '../listfile/file/replaced-files.ts';
import type { MigrationStatus } from '../migrate/migrator.ts';
import type { ListSummary, LiveInstance, Store } from '../store/store.ts';
import type { World } from '../world/world.ts';
import { type SchemaRemark, schemaRemarks } from './diagnose-schema.ts';
import { examineArtifacts } from './examine-artifacts.ts';
import { executorsOf, hereOf, isAbandoned, isSurelyGone, processText } from './liveness.ts';
import { missingMarks } from './missing-marks.ts';
import { mountOf } from './mounts.ts';
import { type OperationContext, operation, type ProjectContext } from './operation.ts';
import { replacedDir } from './write-list-marks.ts';

/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** Of what is not ok: a `fault` keeps Pawl from its work, a `warning` may surprise. */
  readonly severity: 'none' | 'warning' | 'fault';
  readonly message: string;
  /** Empty when it is ok. */
  readonly remedy: string;
}

export interface Diagnose {
  readonly versions: { readonly pawl: string; readonly node: string; readonly database: string };
  readonly platform: string;
  readonly root: string;
  readonly stateDir: string;
  /** Null: it could not be opened, or there is none. */
  readonly store: Store | null;
  readonly storeError: PawlError | null;
  /** How its schema stands to the declared one; an error says why nothing may be changed in it. */
  readonly schema: MigrationStatus | PawlError | null;
  /** How the server of the store is, when it is on one. */
  readonly server?: readonly Check[];
  /** Agents that are known by name, with the path of their program where it is installed. */
  readonly agents: readonly { readonly name: string; readonly path: string | null }[];
}

export interface Diagnosis {
  readonly checks: readonly Check[];
}

/** Look for everything that is known to keep Pawl from its work. Changes no task and no list. */
export async function diagnose(
  ctx: Omit<OperationContext, 'store'>,
  input: Diagnose,
): Promise<Diagnosis> {
  return await operation(ctx, { operation: 'diagnose' }, async () => {
    const { world } = ctx;
    const checks = [versionCheck(input), platformCheck(input)];
    checks.push(...(await folderChecks(world, input)));
    checks.push(storeCheck(input), ...(input.server ?? []), ...schemaChecks(input));
    if (input.store !== null) {
      checks.push(...(await storeChecks(world, input.store, input)));
      checks.push(await artifactCheck({ ...ctx, ...input, store: input.store }));
    } else checks.push(...agentChecks(input, []));
    return { checks };
  });
}

const ok = (name: string, message: string): Check => ({
  name,
  ok: true,
  severity: 'none',
  message,
  remedy: '',
});

const bad =
  (severity: 'warning' | 'fault') =>
  (name: string, message: string, remedy: string): Check => ({
    name,
    ok: false,
    severity,
    message,
    remedy,
  });

const warning = bad('warning');
const fault = bad('fault');

function versionCheck({ versions }: Diagnose): Check {
  const { pawl, node, database } = versions;
  return ok('versions', `pawl ${pawl}, Node ${node}, ${database}`);
}

function platformCheck({ platform }: Diagnose): Check {
  if (platform === 'linux' || platform === 'darwin') return ok('platform', platform);
  return fault('platform', `${platform} is not supported`, 'Use Linux, macOS, or WSL on Windows.');
}

const FREE_BYTES_MIN = 200 * 1024 * 1024;
const MIB = 1024 * 1024;

async function folderChecks(world: World, input: Diagnose): Promise<readonly Check[]> {
  const { files } = world;
  const { stateDir, root } = input;
  if ((await files.facts(stateDir))?.kind !== 'directory') {
    return [warning('state folder', `${root} has no .pawl yet`, 'Run `pawl init`.')];
  }
  const ignore = `${stateDir}/.gitignore`;
  const ignored =
    (await files.facts(ignore)) !== null &&
    new TextDecoder().decode(await files.read(ignore)).trim() === '*';
  const free = await files.freeBytes(stateDir);
  const freeText = `${Math.round(free / MIB)} MiB free`;
  const mount = await mountOf(files, stateDir);
  return [
    ok('state folder', stateDir),
    ignored
      ? ok('git', '.pawl is ignored')
      : warning('git', '.pawl is not ignored', `Write a line with * into ${ignore}.`),
    free >= FREE_BYTES_MIN
      ? ok('disk', freeText)
      : warning('disk', freeText, 'Free some space: results and logs are kept in .pawl.'),
    ...(await unmergedCheck(world, stateDir)),
    mount.network
      ? fault('file system', `.pawl is on ${mount.type}`, 'Keep .pawl on a local disk.')
      : ok('file system', mount.type),
  ];
}

/** What an editor saved into a list file after it was replaced, and only a person can merge. */
async function unmergedCheck(world: World, stateDir: string): Promise<readonly Check[]> {
  const [path, ...more] = await unmergedFiles(world, replacedDir({ stateDir }));
  if (path === undefined) return [];
  const others = more.length > 0 ? `, and ${more.length} more` : '';
  const message = `${path} was saved while its list was replaced${others}`;
  return [warning('saved text', message, 'Take over what is missing in the list, then remove it.')];
}

function storeCheck({ store, storeError }: Diagnose): Check {
  if (store !== null) return ok('store', store.location);
  if (storeError === null) return ok('store', 'none yet');
  return fault('store', storeError.message, storeError.rule.remedy);
}

function schemaChecks({ schema, storeError }: Diagnose): readonly Check[] {
  if (schema === null || (isPawlError(schema) && schema.code === storeError?.code)) return [];
  const asCheck = ({ severity, message, remedy }: SchemaRemark): Check => ({
    ...{ name: 'schema', ok: severity === 'none', severity, message, remedy },
  });
  return schemaRemarks(schema).map(asCheck);
}

const LOCK_AGE_MAX_MS = 24 * 60 * 60_000;

async function storeChecks(world: World, store: Store, input: Diagnose): Promise<readonly Check[]> {
  const here = hereOf({ world, store });
  const [lists, instances] = await Promise.all([store.lists(), store.instances()]);
  const gone = instances.filter((instance) => isSurelyGone(instance, here));
  const deadHolders = gone.map((instance) => instance.id);
  const locks = await store.cleanupStaleLocks({ maxAgeMs: LOCK_AGE_MAX_MS, deadHolders });
  return [
    await auditCheck(store),
    ok('locks', locks === 0 ? 'no stale lock' : `${locks} stale locks were removed`),
    await holderCheck(world, store),
    ...(await Promise.all(lists.map((list) => listChecks(world, store, list, instances)))).flat(),
    ...agentChecks(input, lists),
  ];
}

const FAULTS_SHOWN = 5;

async function auditCheck(store: Store): Promise<Check> {
  const faults = await store.audit();
  if (faults.length === 0) return ok('audit', 'every task equals the fold of its events');
  const shown = faults
    .slice(0, FAULTS_SHOWN)
    .map(({ taskId, message }) => (taskId === null ? message : `${taskId} ${message}`));
  const more = faults.length > FAULTS_SHOWN ? `; and ${faults.length - FAULTS_SHOWN} more` : '';
  const damaged = faults.some((one) => one.code === 'integrity');
  const message = `${faults.length} differences: ${shown.join('; ')}${more}`;
  return damaged
    ? fault('audit', message, 'Make a copy of .pawl now; a backup lies in .pawl/backups.')
    : warning('audit', message, 'Something else wrote to the database: use pawl’s own commands.');
}

/** Compared with their hashes, as far as that takes no more than a moment. */
const HASHED_BYTES_MAX = 256 * MIB;

async function artifactCheck(ctx: ProjectContext): Promise<Check> {
  const { contents, hashed, faults } = await examineArtifacts(ctx, {
    hashBytesMax: HASHED_BYTES_MAX,
  });
  const [first] = faults;
  if (first === undefined) {
    const compared = hashed === contents ? '' : `; ${hashed} of them compared with their hashes`;
    return ok('artifacts', `${contents} contents, all there${compared}`);
  }
  const remedy = 'Store them anew, or put `.pawl/artifacts` back from a copy.';
  return fault('artifacts', `${faults.length} of ${contents}: ${first.message}`, remedy);
}

async function holderCheck(world: World, store: Store): Promise<Check> {
  const held = await store.heldTasks(null);
  const orphans = held.filter((task) => isAbandoned(task, hereOf({ world, store })));
  if (orphans.length === 0)
    return ok('holders', `${held.length} tasks are held, all by the living`);
  const names = orphans.map((task) => task.taskId).join(', ');
  return warning(
    'holders',
    `nobody watches over ${names}: the process that did is gone`,
    '`pawl run` adopts them with their output; `pawl stop` ends them.',
  );
}

async function listChecks(
  world: World,
  store: Store,
  list: ListSummary,
  instances: readonly LiveInstance[],
): Promise<readonly Check[]> {
  const name = `list ${list.path}`;
  const executor = executorsOf(instances, hereOf({ world, store })).get(list.listId);
  const checks = [await fileCheck(world, list, name)];
  const owed = await missingMarks({ store, world }, list);
  if (list.writeBack && owed > 0 && executor === undefined) {
    const remedy = '`pawl run` writes them; the file must be writable.';
    checks.push(warning(name, `${owed} marks are not in the file yet`, remedy));
  }
  const maxConcurrent = numberIn(list.executor.configJson, 'maxConcurrent');
  if (maxConcurrent !== null && maxConcurrent > 1) {
    const remedy = 'Let tasks that run at once touch different files, or use --concurrency 1.';
    checks.push(warning(name, `${maxConcurrent} agents at once share one working tree`, remedy));
  }
  if (executor !== undefined) {
    checks.push(ok(name, `executed by ${processText(executor, world.processes)}`));
  }
  return checks;
}

async function fileCheck(world: World, list: ListSummary, name: string): Promise<Check> {
  if (parentOfList(list.path) !== null) return ok(name, `${list.total} tasks`);
  if (list.homeHost !== null && list.homeHost !== world.processes.host) {
    return ok(name, `its file is on ${list.homeHost}`);
  }
  if ((await world.files.facts(list.path)) === null) {
    const remedy = 'Put it back, or `pawl load` it where it is now; its tasks are kept meanwhile.';
    return warning(name, 'its file is gone', remedy);
  }
  const fault = await loadingFault(world, list);
  if (fault !== null) return warning(name, `it cannot be loaded: ${fault.message}`, fault.remedy);
  const findings = list.findings.filter((finding) => finding.severity !== 'info').length;
  if (findings === 0) return ok(name, `${list.total} tasks`);
  const remedy = '`pawl check FILE` names them with their lines.';
  return warning(name, `${list.total} tasks, ${findings} findings`, remedy);
}

/** Why the next load of a list would be refused for what its file says now. */
async function loadingFault(
  world: World,
  { path }: ListSummary,
): Promise<Pick<Check, 'message' | 'remedy'> | null> {
  try {
    const { findings } = (await readAnyList(world, path)).document;
    const error = findings.find((finding) => finding.severity === 'error');
    if (error === undefined) return null;
    return { message: error.message, remedy: '`pawl check FILE` shows it with its line.' };
  } catch (cause) {
    if (!isPawlError(cause)) throw cause;
    // How much is too much is for the settings of a run to say.
    if (cause.code === 'list_too_large') return null;
    return { message: cause.message, remedy: cause.rule.remedy };
  }
}

function agentChecks({ agents }: Diagnose, lists: readonly ListSummary[]): readonly Check[] {
  const wanted = new Set(
    lists.map(({ executor }) => textIn(executor.configJson, 'agent')).filter((name) => name !== ''),
  );
  return agents.map(({ name, path }) => {
    if (path !== null) return ok(`agent ${name}`, path);
    if (!wanted.has(name)) return ok(`agent ${name}`, 'not installed');
    const remedy = 'Install it, or name another program with --agent-command.';
    return warning(`agent ${name}`, 'not on the PATH, and a list asks for it', remedy);
  });
}

function numberIn(json: string | null, key: string): number | null {
  const value = fieldIn(json, key);
  return typeof value === 'number' ? value : null;
}

/** The default agent of a list, unless it runs a command of its own. */
function textIn(json: string | null, key: string): string {
  const value = fieldIn(json, 'agentCommand') == null ? fieldIn(json, key) : '';
  return typeof value === 'string' ? value : '';
}

function fieldIn(json: string | null, key: string): unknown {
  try {
    return (JSON.parse(json ?? '{}') as Readonly<Record<string, unknown>> | null)?.[key];
  } catch {
    return undefined; // written from outside: nothing to learn from it
  }
}
