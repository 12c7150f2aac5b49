import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openScratchProject, type ScratchProject } from '../../test/support/scratch-project.ts';
import { DEFAULT_RETRY_POLICY } from '../domain/task.ts';
import { explainTask } from './explain-task.ts';

const MINUTE = 60_000;

describe('why a task is where it is', () => {
  let project: ScratchProject;
  beforeEach(async () => {
    project = await openScratchProject('- [ ] A-1: draw\n');
  });
  afterEach(() => project.close());

  const why = async (): Promise<string> =>
    (await explainTask(project, await project.task('A-1'))).why;

  it('of a client’s task the end of its lease is said, and what was asked of it', async () => {
    const { listId } = await project.load();
    const client = { sessionId: 's', clientId: 'c', name: 'cursor', version: '1', root: '/' };
    const list = { listId, policy: DEFAULT_RETRY_POLICY, maxConcurrent: null };
    const wanted = { kind: 'next', specialistType: null, labels: [], minPriority: 'P4' } as const;
    const rest = { lists: [list], clientMax: null, leaseMs: 30 * MINUTE, leasesCount: true };
    await project.store.claimForClient({ client, wanted, ...rest });
    project.advance(10 * MINUTE);
    expect(await why()).toMatch(
      /held by the client cursor, whose lease ends at \S+ UTC \(in 20 min\) unless it is renewed$/,
    );
    const { id } = await project.task('A-1');
    const by = { by: 'person', confirmed: false, cascade: false } as const;
    await project.store.changeTask({ id, verb: 'cancel', reason: 'too late.', ...by });
    expect(await why()).toMatch(/; it was asked to cancel it, and has not yet: too late$/);
    project.advance(21 * MINUTE);
    expect(await why()).toContain('the client cursor, which watched over it, is gone');
  });
});
