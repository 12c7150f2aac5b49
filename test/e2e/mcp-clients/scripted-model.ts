import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the model does next: call a tool of Pawl's by its own name, or end with a text. */
export type Move =
  | { readonly tool: string; readonly input: Readonly<Record<string, unknown>> }
  | { readonly text: string };

/**
 * What a model would think: given the answers to its tool calls so far, the next move. The last
 * answer is what the agent program really showed to the model, as it was sent.
 */
export type Script = (answers: readonly ToolAnswer[]) => Move;

/** The answer to one tool call, as the agent program put it before the model. */
export interface ToolAnswer {
  readonly text: string;
  /** Of the text, when it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: an answer from outside, looked at field by field
  readonly data: any;
}

/** How one vendor's API asks for the next move, and how it is told. */
export interface ModelProtocol {
  /** Null when the request is not one for a move of the agent. */
  moveAsked(request: ModelRequest): { readonly answers: readonly string[] } | null;
  tell(response: ServerResponse, move: Move, turn: number): void;
  /** Anything else that the agent program asks. */
  other(request: ModelRequest, response: ServerResponse): void;
}

export interface ModelRequest {
  readonly method: string;
  readonly path: string;
  // biome-ignore lint/suspicious/noExplicitAny: a request from outside, looked at field by field
  readonly body: any;
}

/** A model on loopback that plays a script, where a real one would cost money. */
export class ScriptedModel {
  readonly #server: Server;
  readonly #moves: Move[] = [];
  #answers: readonly ToolAnswer[] = [];

  private constructor(protocol: ModelProtocol, script: Script) {
    this.#server = createServer((request, response) => {
      void this.#serve({ protocol, script }, request, response);
    });
  }

  static async start(protocol: ModelProtocol, script: Script): Promise<ScriptedModel> {
    const model = new ScriptedModel(protocol, script);
    const listening = Promise.withResolvers<void>();
    model.#server.listen(0, '127.0.0.1', () => listening.resolve());
    await listening.promise;
    return model;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The moves that were told, in their order. */
  get moves(): readonly Move[] {
    return this.#moves;
  }

  /** The answers that the agent program has shown so far. */
  get answers(): readonly ToolAnswer[] {
    return this.#answers;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #serve(
    { protocol, script }: { readonly protocol: ModelProtocol; readonly script: Script },
    incoming: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const request = await requestOf(incoming);
    const asked = protocol.moveAsked(request);
    if (asked === null) {
      protocol.other(request, response);
      return;
    }
    this.#answers = asked.answers.map(toolAnswer);
    const move = script(this.#answers);
    this.#moves.push(move);
    protocol.tell(response, move, this.#moves.length);
  }
}

async function requestOf(incoming: IncomingMessage): Promise<ModelRequest> {
  let text = '';
  for await (const chunk of incoming.setEncoding('utf8')) text += chunk as string;
  const path = incoming.url ?? '/';
  return { method: incoming.method ?? 'GET', path, body: jsonOf(text) ?? {} };
}

function toolAnswer(text: string): ToolAnswer {
  return { text, data: jsonOf(text) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One answer of server-sent events. */
export function sendEvents(
  response: ServerResponse,
  events: readonly { readonly type: string }[],
): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of events) {
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  }
  response.end();
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
