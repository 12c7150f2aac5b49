import type { ProjectContext } from '../operations/operation.ts';
import type { CallsUnderWay } from './calls-under-way.ts';
import type { Workspaces } from './workspaces.ts';

/** What the tools of the product stand on; wired by app/. */
export interface Door {
  readonly version: string;
  readonly world: ProjectContext['world'];
  readonly log: ProjectContext['log'];
  readonly workspaces: Workspaces;
  readonly underWay: CallsUnderWay;
  /** Names the calling process for good: the same however often this server is restarted. */
  readonly callerId: string;
  /** The attempt of an executor in which the calling agent runs, if it does. */
  readonly inside: { readonly id: string; readonly fence: number } | null;
}
