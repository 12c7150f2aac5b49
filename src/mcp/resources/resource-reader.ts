import type { ReadResourceResult } from '@modelcontextprotocol/server';
import type { DoorWorkspace } from '../workspaces.ts';

/** What of a project can be read by its address. */
export interface ReadResource {
  /** What stands after the scheme, up to the query; decoded. */
  readonly name: string;
  readonly query: URLSearchParams;
  readonly uri: string;
  readonly signal: AbortSignal;
}

export type ResourceReader = (
  workspace: DoorWorkspace,
  wanted: ReadResource,
) => Promise<ReadResourceResult | null>;
