import {
  type ModelProtocol,
  type ModelRequest,
  type Move,
  sendEvents,
  sendJson,
} from './scripted-model.ts';

const USAGE = {
  input_tokens: 10,
  output_tokens: 5,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
};

/**
 * The Messages API, as far as Claude Code needs it. Its side questions (a title, a summary) come
 * without the server's tools, and get a plain text.
 */
export function messagesApi(serverKey: string): ModelProtocol {
  const prefix = `mcp__${serverKey}__`;
  return {
    moveAsked: ({ method, path, body }) => {
      if (method !== 'POST' || !/^\/v1\/messages(\?|$)/.test(path)) return null;
      const tools = (body.tools ?? []) as readonly { readonly name: string }[];
      if (tools.length === 0) return null;
      return { answers: answersIn(body) };
    },
    tell: (response, move, turn) => {
      const content = contentOf(move, prefix, turn);
      const isCall = content.type === 'tool_use';
      const message = { id: `msg_${turn}`, type: 'message', role: 'assistant', model: 'scripted' };
      sendEvents(response, [
        {
          type: 'message_start',
          ...{ message: { ...message, content: [], stop_reason: null, usage: USAGE } },
        },
        ...blockEvents(content),
        {
          type: 'message_delta',
          ...{ delta: { stop_reason: isCall ? 'tool_use' : 'end_turn' }, usage: USAGE },
        },
        { type: 'message_stop' },
      ]);
    },
    other: answerSideQuestion,
  };
}

interface ToolUse {
  readonly type: 'tool_use';
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

interface Text {
  readonly type: 'text';
  readonly text: string;
}

function contentOf(move: Move, prefix: string, turn: number): ToolUse | Text {
  if ('text' in move) return { type: 'text', text: move.text };
  return {
    type: 'tool_use',
    id: `toolu_${turn}`,
    name: `${prefix}${move.tool}`,
    input: move.input,
  };
}

function blockEvents(content: ToolUse | Text): readonly { readonly type: string }[] {
  const [begin, delta] =
    content.type === 'text'
      ? [
          { ...content, text: '' },
          { type: 'text_delta', text: content.text },
        ]
      : [
          { ...content, input: {} },
          { type: 'input_json_delta', partial_json: JSON.stringify(content.input) },
        ];
  return [
    { type: 'content_block_start', ...{ index: 0, content_block: begin } },
    { type: 'content_block_delta', ...{ index: 0, delta } },
    { type: 'content_block_stop', ...{ index: 0 } },
  ];
}

/** The results of all tool calls of the conversation so far. */
function answersIn(body: {
  readonly messages: readonly { readonly content: unknown }[];
}): readonly string[] {
  const blocks = body.messages.flatMap(({ content }) =>
    Array.isArray(content) ? (content as readonly Block[]) : [],
  );
  return blocks.flatMap((block) => (block.type === 'tool_result' ? [textOf(block.content)] : []));
}

interface Block {
  readonly type: string;
  readonly content?: unknown;
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  const parts = (content ?? []) as readonly { readonly text?: string }[];
  return parts.map(({ text }) => text ?? '').join('');
}

function answerSideQuestion(
  { method, path, body }: ModelRequest,
  response: Parameters<ModelProtocol['other']>[1],
): void {
  if (method !== 'POST' || !path.startsWith('/v1/messages')) {
    sendJson(response, 404, { type: 'error', error: { type: 'not_found_error', message: path } });
  } else if (path.includes('count_tokens')) {
    sendJson(response, 200, { input_tokens: 10 });
  } else if (body.stream === true) {
    messagesApi('').tell(response, { text: 'ok' }, 0);
  } else {
    const content = [{ type: 'text', text: 'ok' }];
    const message = { id: 'msg_0', type: 'message', role: 'assistant', model: 'scripted', content };
    sendJson(response, 200, { ...message, stop_reason: 'end_turn', usage: USAGE });
  }
}
