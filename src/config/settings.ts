import type { Config, ConfigKey } from './execution-config.ts';

/** One thing that can be set, by all the names it has, with its default. */
export interface Setting<V> {
  /** Null where there is no option of `pawl run`. */
  readonly flag: string | null;
  readonly env: string | null;
  readonly kind: SettingKind;
  readonly standard: V;
  readonly about: string;
}

export type SettingKind =
  | { readonly is: 'count'; readonly min: number; readonly max: number }
  /** Milliseconds, or a text such as `20m`. */
  | { readonly is: 'duration'; readonly minMs: number; readonly maxMs: number }
  /** Bytes, or a text such as `10MiB`. */
  | { readonly is: 'bytes'; readonly min: number; readonly max: number }
  | { readonly is: 'choice'; readonly words: readonly string[] }
  | { readonly is: 'switch' }
  | { readonly is: 'text' }
  /** An argument vector, or a command line that is split into one. */
  | { readonly is: 'command' }
  /** Names with counts: an object, or `name=count` texts. */
  | { readonly is: 'limits' }
  /** A list of words, or a text in which commas part them. */
  | { readonly is: 'words'; readonly most: number };

const DAY_MS = 86_400_000;
const MIB = 1024 * 1024;

const count = (min: number, max: number): SettingKind => ({ is: 'count', min, max });
const duration = (minMs: number, maxMs: number): SettingKind => ({ is: 'duration', minMs, maxMs });
const bytes = (min: number, max: number): SettingKind => ({ is: 'bytes', min, max });
const choice = (...words: readonly string[]): SettingKind => ({ is: 'choice', words });
const SWITCH: SettingKind = { is: 'switch' };

/** Every setting by its name in `.pawl/config.json`. */
export const SETTINGS: { readonly [K in ConfigKey]: Setting<Config[K]> } = {
  maxConcurrent: {
    flag: '--concurrency',
    env: 'PAWL_CONCURRENCY',
    kind: count(1, 1_000),
    standard: 1,
    about: 'tasks of the list that run at once',
  },
  retryAttempts: {
    flag: '--retries',
    env: 'PAWL_RETRIES',
    kind: count(0, 100),
    standard: 2,
    about: 'tries after the first',
  },
  retryDelayMs: {
    flag: '--retry-delay',
    env: 'PAWL_RETRY_DELAY',
    kind: duration(0, DAY_MS),
    standard: 5_000,
    about: 'first window of the backoff between tries',
  },
  executionTimeoutMs: {
    flag: '--timeout',
    env: 'PAWL_TIMEOUT',
    kind: duration(100, 30 * DAY_MS),
    standard: 60 * 60_000,
    about: 'longest duration of an attempt',
  },
  minPriority: {
    flag: '--min-priority',
    env: 'PAWL_MIN_PRIORITY',
    kind: choice('P1', 'P2', 'P3', 'P4'),
    standard: 'P4',
    about: 'run tasks of this priority and more urgent ones only',
  },
  autoStart: {
    flag: null,
    env: null,
    kind: SWITCH,
    standard: false,
    about: 'start as soon as a list is loaded (embedding)',
  },
  dryRun: {
    flag: '--dry-run',
    env: null,
    kind: SWITCH,
    standard: false,
    about: 'say what would run and change nothing',
  },
  agent: {
    flag: '--agent',
    env: 'PAWL_AGENT',
    kind: { is: 'text' },
    standard: 'claude',
    about: 'agent of the tasks that name none',
  },
  agentCommand: {
    flag: '--agent-command',
    env: 'PAWL_AGENT_COMMAND',
    kind: { is: 'command' },
    standard: null,
    about: 'any program as the agent, with placeholders such as {prompt_file}',
  },
  agentLimits: {
    flag: '--agent-limit',
    env: null,
    kind: { is: 'limits' },
    standard: {},
    about: 'most running tasks of an agent, over all lists',
  },
  allow: {
    flag: '--allow',
    env: 'PAWL_ALLOW',
    kind: choice('nothing', 'edits'),
    standard: 'nothing',
    about: 'what a preset agent may do beyond reading',
  },
  promptTemplate: {
    flag: '--prompt-template',
    env: 'PAWL_PROMPT_TEMPLATE',
    kind: { is: 'text' },
    standard: null,
    about: 'file with the prompt, with placeholders',
  },
  onDepFailure: {
    flag: '--on-dep-failure',
    env: 'PAWL_ON_DEP_FAILURE',
    kind: choice('skip', 'fail', 'run'),
    standard: 'skip',
    about: 'what becomes of the dependants of a task that did not complete',
  },
  writeBack: {
    flag: '--no-write-back',
    env: 'PAWL_WRITE_BACK',
    kind: SWITCH,
    standard: true,
    about: 'write the marks into the list file',
  },
  ignoreMissing: {
    flag: '--ignore-missing',
    env: null,
    kind: SWITCH,
    standard: false,
    about: 'start tasks although a dependency of theirs does not exist',
  },
  watch: {
    flag: '--watch',
    env: null,
    kind: SWITCH,
    standard: false,
    about: 'load the list again whenever its file changes',
  },
  labels: {
    flag: '--labels',
    env: 'PAWL_LABELS',
    kind: { is: 'words', most: 32 },
    standard: null,
    about: 'what this host offers to tasks that need it, such as gpu,linux',
  },
  capacity: {
    flag: '--capacity',
    env: 'PAWL_CAPACITY',
    kind: count(1, 1_000),
    standard: 4,
    about: 'most tasks that `pawl work` runs at once, over all lists',
  },
  outputBytesMax: {
    flag: '--output-max',
    env: 'PAWL_OUTPUT_MAX',
    kind: bytes(64 * 1024, 1024 * MIB),
    standard: 10 * MIB,
    about: 'kept of the output of an attempt',
  },
  leaseMs: {
    flag: null,
    env: 'PAWL_LEASE',
    kind: duration(1_000, DAY_MS),
    standard: 60_000,
    about: 'how long a silent holder keeps its tasks',
  },
  heartbeatMs: {
    flag: null,
    env: 'PAWL_HEARTBEAT',
    kind: duration(100, DAY_MS),
    standard: 15_000,
    about: 'how often a holder renews its leases',
  },
  sweepMs: {
    flag: null,
    env: 'PAWL_SWEEP',
    kind: duration(100, DAY_MS),
    standard: 10_000,
    about: 'how often expired leases are looked for',
  },
  killGraceMs: {
    flag: null,
    env: 'PAWL_KILL_GRACE',
    kind: duration(0, 10 * 60_000),
    standard: 10_000,
    about: 'between SIGTERM and SIGKILL',
  },
  interruptGraceMs: {
    flag: null,
    env: 'PAWL_INTERRUPT_GRACE',
    kind: duration(0, 10 * 60_000),
    standard: 5_000,
    about: 'after the first Ctrl-C: how long to wait for results before leaving',
  },
  listBytesMax: {
    flag: null,
    env: 'PAWL_LIST_MAX',
    kind: bytes(1_024, 1024 * MIB),
    standard: 10 * MIB,
    about: 'largest list file that is read',
  },
};

export const CONFIG_KEYS = Object.keys(SETTINGS) as readonly ConfigKey[];
