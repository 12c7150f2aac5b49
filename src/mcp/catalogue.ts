import type {
  CallToolResult,
  CompleteRequestParams,
  GetPromptResult,
  Implementation,
  InputRequiredResult,
  Prompt,
  ReadResourceResult,
  RequestStateCodec,
  Resource,
  ResourceTemplateType,
  Server,
  Tool,
} from '@modelcontextprotocol/server';
import type { Call } from './call.ts';
import type { TaskCreated, TaskDesk } from './task-extension.ts';

/**
 * All that a server of ours has to offer. The transports and both protocol eras are served from
 * it; what is offered never depends on the connection, nor on what was called before.
 */
export interface Catalogue {
  readonly info: Implementation;
  /** Teaches the reader's model how to go about it; reaches most clients. */
  readonly instructions: string;
  /** In the order in which they are listed. */
  readonly tools: readonly ToolEntry[];
  /** What to say of a tool that is not there, where we know what was meant; else null. */
  readonly advice?: (toolName: string) => string | null;
  readonly resources: ResourceShelf;
  readonly prompts: readonly PromptEntry[];
  /** What an argument of a prompt or of a template may be, for what was typed so far. */
  complete(params: CompleteRequestParams, call: Call): Promise<readonly string[]>;
  /** Of the extension `io.modelcontextprotocol/tasks`. */
  readonly tasks: TaskDesk;
  /** Makes and checks what a question of ours carries to the client and back. */
  readonly requestState?: RequestStateCodec;
  /** More than this catalogue describes; for servers that are not the product's. */
  readonly prepare?: (server: Server) => void;
}

export interface ToolEntry {
  readonly tool: Tool;
  /** An older name may be called, but is never listed. */
  readonly listed: boolean;
  call(args: Readonly<Record<string, unknown>>, call: Call): Promise<ToolAnswer>;
}

/** A result, a question to the client, or the handle of a task that goes on. */
export type ToolAnswer = CallToolResult | InputRequiredResult | TaskCreated;

export interface ResourceShelf {
  readonly templates: readonly ResourceTemplateType[];
  list(call: Call): Promise<readonly Resource[]>;
  /** Null: there is nothing of that address. */
  read(uri: string, call: Call): Promise<ReadResourceResult | null>;
}

export interface PromptEntry {
  readonly prompt: Prompt;
  get(
    args: Readonly<Record<string, string>>,
    call: Call,
  ): Promise<GetPromptResult | InputRequiredResult>;
}
