import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type ClientCapabilities,
  type Implementation,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';

/** One request of a client: who asks, what it can do, and how to tell it how far we are. */
export interface Call {
  readonly era: ProtocolEra;
  /** Aborts when the client gave up, or went away. */
  readonly signal: AbortSignal;
  readonly client: {
    readonly name: string | null;
    readonly version: string | null;
    readonly capabilities: ClientCapabilities;
  };
  /** This request declared the tasks extension: it may be answered with a task. */
  readonly takesTasks: boolean;
  /** It wants to hear how far we are. */
  readonly wantsProgress: boolean;
  progress(done: number, total?: number, message?: string): Promise<void>;
  /** The SDK's own, for what is not of every server. */
  readonly sdk: ServerContext;
  readonly server: Server;
}

/** SEP-2663, stable with the revision 2026-07-28. */
export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';

export type ProtocolEra = 'legacy' | 'modern';

/** What one request says about itself, in either era. */
export function callOf(server: Server, era: ProtocolEra, sdk: ServerContext): Call {
  const envelope = (sdk.mcpReq.envelope ?? {}) as Readonly<Record<string, unknown>>;
  const modern = era === 'modern';
  const capabilities = modern
    ? ((envelope[CLIENT_CAPABILITIES_META_KEY] ?? {}) as ClientCapabilities)
    : (server.getClientCapabilities() ?? {});
  const client = modern
    ? (envelope[CLIENT_INFO_META_KEY] as Implementation | undefined)
    : server.getClientVersion();
  const progressToken = sdk.mcpReq._meta?.progressToken;
  return {
    era,
    signal: sdk.mcpReq.signal,
    client: { name: client?.name ?? null, version: client?.version ?? null, capabilities },
    takesTasks: modern && declaresTasks(capabilities),
    wantsProgress: progressToken !== undefined,
    progress: async (done, total, message) => {
      if (progressToken === undefined) return;
      const params = {
        progressToken,
        progress: done,
        ...(total === undefined ? {} : { total }),
        ...(message === undefined ? {} : { message }),
      };
      await sdk.mcpReq.notify({ method: 'notifications/progress', params });
    },
    sdk,
    server,
  };
}

function declaresTasks(capabilities: ClientCapabilities): boolean {
  const { extensions } = capabilities as {
    readonly extensions?: Readonly<Record<string, unknown>>;
  };
  return extensions?.[TASKS_EXTENSION] !== undefined;
}
