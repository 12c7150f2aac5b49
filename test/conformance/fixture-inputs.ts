import {
  acceptedContent,
  type CallToolResult,
  type InputRequest,
  type InputRequests,
  inputRequired,
  inputResponse,
  type RequestStateCodec,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Call } from '../../src/mcp/call.ts';
import type { ToolAnswer, ToolEntry } from '../../src/mcp/catalogue.ts';
import { fixtureTool, text } from './fixture-tool.ts';

const NAME = z.object({ name: z.string() });

const form = (message: string, requestedSchema: object): InputRequest =>
  inputRequired.elicit({ message, requestedSchema } as Parameters<typeof inputRequired.elicit>[0]);

const asks = (message: string, property: string, type = 'string'): InputRequest =>
  form(message, {
    type: 'object',
    properties: { [property]: { type } },
    required: [property],
  });

const sampling = (words: string, maxTokens: number): InputRequest =>
  inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: words } }],
    maxTokens,
  });

const answers = (call: Call): Readonly<Record<string, unknown>> =>
  call.sdk.mcpReq.inputResponses ?? {};

/** Ask under one key, and word the answer. In the older era the SDK asks the client itself. */
function asking(
  key: string,
  request: (args: Readonly<Record<string, unknown>>) => InputRequest,
  word: (view: ReturnType<typeof inputResponse>) => CallToolResult | null,
) {
  return (args: Readonly<Record<string, unknown>>, call: Call): ToolAnswer => {
    const said = word(inputResponse(answers(call), key));
    return said ?? inputRequired({ inputRequests: { [key]: request(args) } });
  };
}

const elicited =
  (prefix: string) =>
  (view: ReturnType<typeof inputResponse>): CallToolResult | null =>
    view.kind === 'elicit'
      ? text(`${prefix}action=${view.action}, content=${JSON.stringify(view.content ?? {})}`)
      : null;

const sampled = (view: ReturnType<typeof inputResponse>): CallToolResult | null => {
  if (view.kind !== 'sampling') return null;
  const { content } = view.result;
  const [first] = Array.isArray(content) ? content : [content];
  return text(`LLM response: ${first?.type === 'text' ? first.text : ''}`);
};

const titled = (values: readonly string[], titles: readonly string[]) =>
  values.map((value, index) => ({ const: value, title: titles[index] }));

const OPTIONS = ['option1', 'option2', 'option3'];
const VALUES = ['value1', 'value2', 'value3'];

const ENUMS = {
  untitledSingle: { type: 'string', enum: OPTIONS },
  titledSingle: {
    type: 'string',
    oneOf: titled(VALUES, ['First Option', 'Second Option', 'Third Option']),
  },
  legacyEnum: {
    type: 'string',
    enum: ['opt1', 'opt2', 'opt3'],
    enumNames: ['Option One', 'Option Two', 'Option Three'],
  },
  untitledMulti: { type: 'array', items: { type: 'string', enum: OPTIONS } },
  titledMulti: {
    type: 'array',
    items: { anyOf: titled(VALUES, ['First Choice', 'Second Choice', 'Third Choice']) },
  },
};

const DEFAULTS = {
  name: { type: 'string', default: 'John Doe' },
  age: { type: 'integer', default: 30 },
  score: { type: 'number', default: 95.5 },
  status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
  verified: { type: 'boolean', default: true },
};

const USER = {
  type: 'object',
  properties: {
    username: { type: 'string', description: "User's response" },
    email: { type: 'string', description: "User's email address" },
  },
  required: ['username', 'email'],
};

/** Tools that ask the client something before they answer. */
export function inputTools(states: RequestStateCodec): readonly ToolEntry[] {
  return [...ELICITING, ...SAMPLING, ...statefulTools(states), CAPABILITIES, ROOTS];
}

const ELICITING: readonly ToolEntry[] = [
  fixtureTool(
    'test_elicitation',
    asking('user', ({ message }) => form(String(message), USER), elicited('User response: ')),
    { message: { type: 'string' } },
  ),
  fixtureTool(
    'test_elicitation_sep1034_defaults',
    asking(
      'defaults',
      () => form('Please review', { type: 'object', properties: DEFAULTS, required: [] }),
      elicited('Elicitation completed: '),
    ),
  ),
  fixtureTool(
    'test_elicitation_sep1330_enums',
    asking(
      'enums',
      () => form('Please choose', { type: 'object', properties: ENUMS, required: [] }),
      elicited('Elicitation completed: '),
    ),
  ),
  fixtureTool('test_streaming_elicitation', async (_args, call) => {
    await call.progress(0, 1);
    return inputRequired({ inputRequests: { user_name: asks('What is your name?', 'name') } });
  }),
  fixtureTool('test_input_required_result_elicitation', (_args, call) => {
    const named = acceptedContent(answers(call), 'user_name', NAME);
    if (named !== undefined) return text(`Hello, ${named.name}!`);
    return inputRequired({ inputRequests: { user_name: asks('What is your name?', 'name') } });
  }),
];

const SAMPLING: readonly ToolEntry[] = [
  fixtureTool(
    'test_sampling',
    asking('answer', ({ prompt }) => sampling(String(prompt), 100), sampled),
    { prompt: { type: 'string' } },
  ),
  fixtureTool(
    'test_input_required_result_sampling',
    asking('capital_question', () => sampling('What is the capital of France?', 100), sampled),
  ),
];

const ROOTS = fixtureTool(
  'test_input_required_result_list_roots',
  asking(
    'client_roots',
    () => inputRequired.listRoots(),
    (view) =>
      view.kind === 'roots' ? text(`Roots: ${view.roots.map(({ uri }) => uri).join(' ')}`) : null,
  ),
);

const CAPABILITIES = fixtureTool('test_input_required_result_capabilities', (_args, call) => {
  if (Object.keys(answers(call)).length > 0) return text('answered');
  const { sampling: samples, elicitation, roots } = call.client.capabilities;
  const inputRequests: InputRequests = {
    ...(samples === undefined ? {} : { greeting: sampling('Generate a greeting', 50) }),
    ...(elicitation === undefined ? {} : { user_name: asks('What is your name?', 'name') }),
    ...(roots === undefined ? {} : { client_roots: inputRequired.listRoots() }),
  };
  if (Object.keys(inputRequests).length === 0) return text('nothing may be asked');
  return inputRequired({ inputRequests });
});

function statefulTools(states: RequestStateCodec): readonly ToolEntry[] {
  const once = (words: string) => async (_args: unknown, call: Call) => {
    const state = call.sdk.mcpReq.requestState<{ readonly of: string }>();
    if (state?.of === words && Object.keys(answers(call)).length > 0) return text('state-ok');
    return inputRequired({
      inputRequests: { confirm: asks('Please confirm', 'ok', 'boolean') },
      requestState: await states.mint({ of: words }),
    });
  };
  return [
    fixtureTool('test_input_required_result_request_state', once('state')),
    fixtureTool('test_input_required_result_tampered_state', once('tamper')),
    fixtureTool('test_input_required_result_multiple_inputs', async (_args, call) => {
      const keys = Object.keys(answers(call));
      if (['user_name', 'greeting', 'client_roots'].every((key) => keys.includes(key))) {
        return text('all answered');
      }
      return inputRequired({
        inputRequests: {
          user_name: asks('What is your name?', 'name'),
          greeting: sampling('Generate a greeting', 50),
          client_roots: inputRequired.listRoots(),
        },
        requestState: await states.mint({ of: 'several' }),
      });
    }),
    fixtureTool('test_input_required_result_multi_round', async (_args, call) => {
      const state = call.sdk.mcpReq.requestState<{ readonly step: number }>();
      if (state?.step === 2) return text('both steps are done');
      const [key, request] =
        state?.step === 1
          ? ['step2', asks('Step 2: What is your favorite color?', 'color')]
          : ['step1', asks('Step 1: What is your name?', 'name')];
      return inputRequired({
        inputRequests: { [key as string]: request as InputRequest },
        requestState: await states.mint({ step: (state?.step ?? 0) + 1 }),
      });
    }),
  ];
}
