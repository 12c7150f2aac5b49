import { DBOS, DBOSClient } from '@dbos-inc/dbos-sdk';
import { execute } from '../../test/support/postgres-server.ts';
import { byCallers, type Peer } from './peer.ts';

const LEFT = "SELECT count(*) AS left FROM dbos.workflow_status WHERE status <> 'SUCCESS'";
const LOOK_MS = 5;
const ENQUEUERS = 32;
const NAME = 'bench';
const quiet = (): void => undefined;
const SILENT = { info: quiet, debug: quiet, warn: quiet, error: quiet };

/** Of the workflow: it is registered once a process, before anything is opened. */
const seen = { count: 0, firstAt: 0, begun: (): void => undefined };
DBOS.registerWorkflow(
  async () => {
    if (seen.count === 0) seen.firstAt = performance.now();
    seen.count += 1;
    seen.begun();
    return await Promise.resolve();
  },
  { name: 'noop' },
);

/**
 * https://docs.dbos.dev: one queue, whose worker looks each second at its defaults, takes everything
 * that is there and runs it at once: callers cannot be set without slowing it to so many a look.
 */
export const dbos: Peer = {
  name: 'DBOS',
  open: async (url, setting) => {
    DBOS.setConfig({ name: NAME, systemDatabaseUrl: url, logger: SILENT });
    await DBOS.launch();
    await DBOS.registerQueue(NAME, setting === 'default' ? {} : { minPollingIntervalMs: 1 });
    await DBOS.shutdown();
    const client = await DBOSClient.create({ systemDatabaseUrl: url, applicationName: NAME });
    const enqueue = async (): Promise<void> => {
      await client.enqueue({ queueName: NAME, workflowName: 'noop' });
    };
    return {
      enqueue,
      enqueueMany: async (count) => {
        let left = count;
        await byCallers(ENQUEUERS, async () => {
          if (left <= 0) return false;
          left -= 1;
          await enqueue();
          return true;
        });
      },
      work: async (count) => {
        seen.count = 0;
        await DBOS.launch();
        for (;;) {
          await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
          if (seen.count < count) continue;
          const [row] = await execute(url, LEFT);
          if (Number(row?.['left']) === 0) break;
        }
        const took = performance.now() - seen.firstAt;
        await DBOS.shutdown();
        return took;
      },
      listen: async (begun) => {
        seen.begun = begun;
        await DBOS.launch();
        return {
          enqueue,
          stop: async () => {
            seen.begun = () => undefined;
            await DBOS.shutdown();
          },
        };
      },
      stop: () => client.destroy(),
    };
  },
};
