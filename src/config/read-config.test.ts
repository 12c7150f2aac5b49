import { describe, expect, it } from 'vitest';
import { isPawlError } from '../domain/errors.ts';
import { configExample } from './config-example.ts';
import { type ConfigSources, readConfig } from './read-config.ts';
import { forgetOption, storedOptions, storeOptions } from './stored-options.ts';

const splitCommand: ConfigSources['splitCommand'] = (text) => {
  const operator = /\||\$\w+/.exec(text)?.[0];
  return operator === undefined ? { ok: true, argv: text.split(' ') } : { ok: false, operator };
};

const read = (sources: Omit<ConfigSources, 'splitCommand'> = {}) =>
  readConfig({ ...sources, splitCommand });

const faultsOf = (sources: Omit<ConfigSources, 'splitCommand'>): readonly unknown[] => {
  try {
    read(sources);
    return [];
  } catch (error) {
    if (!isPawlError(error, 'config_invalid')) throw error;
    return error.details['faults'] as readonly unknown[];
  }
};

describe('readConfig', () => {
  it('gives the documented defaults when nobody says anything', () => {
    expect(read().config).toMatchObject({
      maxConcurrent: 1,
      retryAttempts: 2,
      retryDelayMs: 5_000,
      executionTimeoutMs: 3_600_000,
      minPriority: 'P4',
      dryRun: false,
      leaseMs: 60_000,
      heartbeatMs: 15_000,
      sweepMs: 10_000,
      killGraceMs: 10_000,
      interruptGraceMs: 5_000,
      ...{ labels: null, capacity: 4 },
      outputBytesMax: 10_485_760,
    });
  });

  it('prefers a flag to the environment, that to the last run, that to the file', () => {
    const file = { name: 'config.json', content: { maxConcurrent: 2 } };
    const stored = { maxConcurrent: 3 };
    const env = { PAWL_CONCURRENCY: '4' };
    const overrides = { maxConcurrent: '5' };
    const seen = [
      read({ file }),
      read({ file, stored }),
      read({ file, stored, env }),
      read({ file, stored, env, overrides }),
    ];
    expect(seen.map(({ config }) => config.maxConcurrent)).toEqual([2, 3, 4, 5]);
    expect(seen.map(({ origins }) => origins.maxConcurrent)).toEqual([
      'file',
      'stored',
      'env',
      'override',
    ]);
  });

  it('reads what people write', () => {
    const { config } = read({
      overrides: {
        executionTimeoutMs: '1h30m',
        outputBytesMax: '1MiB',
        minPriority: 'high',
        agentCommand: 'prog a {prompt_file}',
        agentLimits: ['claude=2', 'codex=1'],
      },
      env: { PAWL_WRITE_BACK: 'no' },
    });
    expect(config).toMatchObject({
      executionTimeoutMs: 5_400_000,
      outputBytesMax: 1_048_576,
      minPriority: 'P1',
      agentCommand: ['prog', 'a', '{prompt_file}'],
      agentLimits: { claude: 2, codex: 1 },
      writeBack: false,
    });
  });

  it('tells all faults at once, each by the name under which it was given', () => {
    expect(
      faultsOf({
        overrides: { executionTimeoutMs: 'soon', agentCommand: 'a | b' },
        env: { PAWL_CONCURRENCY: 'many' },
        file: { name: '.pawl/config.json', content: { retryAttempts: -1, maxConcurent: 3 } },
      }),
    ).toEqual([
      { source: 'PAWL_CONCURRENCY', message: 'must be a whole number' },
      { source: '.pawl/config.json: retryAttempts', message: 'must be from 0 to 100' },
      { source: '--timeout', message: 'must be a duration such as 90s, 20m or 1h30m' },
      { source: '--agent-command', message: "needs a shell for |: name one, as in sh -c '...'" },
      { source: '.pawl/config.json: maxConcurent', message: 'is no setting' },
    ]);
  });

  it('says that a shell in double quotes does not protect a variable', () => {
    const source = '--agent-command';
    const message = "needs a shell for $PAWL_ID: name one, as in sh -c '...', in single quotes";
    expect(faultsOf({ overrides: { agentCommand: 'sh -c "echo $PAWL_ID"' } })).toEqual([
      { source, message },
    ]);
  });

  it('tells a fault in a value that is overridden, too', () => {
    expect(
      faultsOf({ overrides: { maxConcurrent: 2 }, env: { PAWL_CONCURRENCY: '0' } }),
    ).toHaveLength(1);
  });

  it('refuses heartbeats so rare that one lost one loses the lease', () => {
    const content = { heartbeatMs: 20_000, leaseMs: 30_000 };
    expect(faultsOf({ file: { name: 'f', content } })).toHaveLength(1);
  });

  it('refuses a file that is no object', () => {
    expect(faultsOf({ file: { name: 'f', content: [] } })).toHaveLength(1);
  });

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(read().config)).toBe(true);
  });

  it('reads its own example as the defaults', () => {
    const content: unknown = JSON.parse(configExample());
    expect(read({ file: { name: 'f', content } }).config).toEqual(read().config);
  });
});

describe('options that are stored with a list', () => {
  it('go on with what was given, and with nothing else', () => {
    const first = read({ overrides: { maxConcurrent: 7, agentCommand: ['x', 'y'] } });
    const stored = storedOptions(storeOptions(first));
    expect(stored).toEqual({ maxConcurrent: 7, agentCommand: ['x', 'y'] });
    const file = { name: 'f', content: { retryAttempts: 9 } };
    expect(read({ stored, file }).config).toMatchObject({ maxConcurrent: 7, retryAttempts: 9 });
  });

  it('are complete in the record, for whoever reads it', () => {
    expect(JSON.parse(storeOptions(read()))).toMatchObject({
      maxConcurrent: 1,
      retryAttempts: 2,
      retryDelayMs: 5_000,
      executionTimeoutMs: 3_600_000,
      minPriority: 'P4',
      autoStart: false,
      dryRun: false,
    });
  });

  it('survive a second run that says nothing', () => {
    const first = read({ overrides: { maxConcurrent: 7 } });
    const second = read({ stored: storedOptions(storeOptions(first)) });
    expect(storedOptions(storeOptions(second))).toEqual({
      maxConcurrent: 7,
    });
  });

  it('never make a later run a dry one', () => {
    expect(storedOptions(storeOptions(read({ overrides: { dryRun: true } })))).toEqual({});
  });

  it('can be forgotten one by one', () => {
    const given = read({ overrides: { minPriority: 'P1', maxConcurrent: 2 } });
    const text = forgetOption(storeOptions(given), 'minPriority');
    expect(storedOptions(text)).toEqual({ maxConcurrent: 2 });
  });

  it('count in full when somebody else wrote the record', () => {
    expect(storedOptions('{"maxConcurrent":4,"foo":1}')).toEqual({ maxConcurrent: 4 });
  });

  it.each([null, '', 'no json', '[]', '7'])('are nothing when the record is %j', (text) => {
    expect(storedOptions(text)).toEqual({});
  });

  it('bind nobody when they cannot be read', () => {
    expect(read({ stored: { maxConcurrent: 'lots' } }).config.maxConcurrent).toBe(1);
  });
});
