import { type ModelProtocol, type Move, sendEvents, sendJson } from './scripted-model.ts';

/** The Responses API, as far as Codex needs it. A server's tools are a namespace there. */
export function responsesApi(serverKey: string): ModelProtocol {
  return {
    moveAsked: ({ method, path, body }) => {
      if (method !== 'POST' || !path.endsWith('/responses')) return null;
      const items = (body.input ?? []) as readonly Item[];
      const outputs = items.filter(({ type }) => type === 'function_call_output');
      return { answers: outputs.map(({ output }) => answerIn(output)) };
    },
    tell: (response, move, turn) => {
      const id = `resp_${turn}`;
      const item = itemOf(move, `mcp__${serverKey}`, turn);
      sendEvents(response, [
        { type: 'response.created', ...{ response: { id } } },
        { type: 'response.output_item.done', ...{ output_index: 0, item } },
        { type: 'response.completed', ...{ response: { id, output: [item], usage: USAGE } } },
      ]);
    },
    other: (_request, response) => sendJson(response, 404, {}),
  };
}

interface Item {
  readonly type: string;
  readonly output?: unknown;
}

const USAGE = {
  input_tokens: 1,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 1,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 2,
};

function itemOf(move: Move, namespace: string, turn: number): object {
  if ('text' in move) {
    const content = [{ type: 'output_text', text: move.text, annotations: [] }];
    return { type: 'message', id: `m_${turn}`, role: 'assistant', content };
  }
  const call = { type: 'function_call', id: `fc_${turn}`, call_id: `call_${turn}`, namespace };
  return { ...call, name: move.tool, arguments: JSON.stringify(move.input) };
}

/** Codex puts how long the call took before what the tool said. */
function answerIn(output: unknown): string {
  const parts = Array.isArray(output) ? (output as readonly { readonly text?: string }[]) : [];
  const text = typeof output === 'string' ? output : parts.map((part) => part.text ?? '').join('');
  return text.replace(/^Wall time: [^\n]*\nOutput:\n/, '');
}
