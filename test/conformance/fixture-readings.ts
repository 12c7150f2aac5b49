import { inputRequired, inputResponse } from '@modelcontextprotocol/server';
import type { PromptEntry, ResourceShelf } from '../../src/mcp/catalogue.ts';
import { PNG } from './fixture-tool.ts';

const TEMPLATE = /^test:\/\/template\/([^/]+)\/data$/;

const TEXTS: Readonly<Record<string, string>> = {
  'test://static-text': 'This is the content of the static text resource.',
  'test://watched-resource': 'This resource is watched.',
};

const described = (uri: string, mimeType: string) => ({
  uri,
  name: uri.replace('test://', ''),
  description: `A fixture of the conformance suite: ${uri}.`,
  mimeType,
});

export const RESOURCES: ResourceShelf = {
  templates: [
    {
      uriTemplate: 'test://template/{id}/data',
      name: 'template-data',
      description: 'A fixture of the conformance suite.',
      mimeType: 'application/json',
    },
  ],
  list: () =>
    Promise.resolve([
      described('test://static-text', 'text/plain'),
      described('test://static-binary', 'image/png'),
      described('test://watched-resource', 'text/plain'),
    ]),
  read: (uri) => Promise.resolve(contentsOf(uri)),
};

function contentsOf(uri: string) {
  const text = TEXTS[uri];
  if (text !== undefined) return { contents: [{ uri, mimeType: 'text/plain', text }] };
  if (uri === 'test://static-binary') {
    return { contents: [{ uri, mimeType: 'image/png', blob: PNG }] };
  }
  const id = TEMPLATE.exec(uri)?.[1];
  if (id === undefined) return null;
  const data = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
  return { contents: [{ uri, mimeType: 'application/json', text: data }] };
}

const said = (text: string) => ({
  role: 'user' as const,
  content: { type: 'text' as const, text },
});

const prompt = (name: string, needs: readonly string[], get: PromptEntry['get']): PromptEntry => ({
  prompt: {
    name,
    description: `A fixture of the conformance suite: ${name}.`,
    arguments: needs.map((need) => ({ name: need, required: true })),
  },
  get,
});

export const PROMPTS: readonly PromptEntry[] = [
  prompt('test_simple_prompt', [], () =>
    Promise.resolve({ messages: [said('This is a simple prompt for testing.')] }),
  ),
  prompt('test_prompt_with_arguments', ['arg1', 'arg2'], ({ arg1, arg2 }) =>
    Promise.resolve({
      messages: [said(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)],
    }),
  ),
  prompt('test_prompt_with_embedded_resource', ['resourceUri'], ({ resourceUri }) => {
    const text = 'Embedded resource content for testing.';
    const resource = { uri: String(resourceUri), mimeType: 'text/plain', text };
    return Promise.resolve({
      messages: [
        { role: 'user', content: { type: 'resource', resource } },
        said('Please process the embedded resource above.'),
      ],
    });
  }),
  prompt('test_prompt_with_image', [], () =>
    Promise.resolve({
      messages: [
        { role: 'user', content: { type: 'image', data: PNG, mimeType: 'image/png' } },
        said('Please analyze the image above.'),
      ],
    }),
  ),
  prompt('test_input_required_result_prompt', [], (_args, call) => {
    const view = inputResponse(call.sdk.mcpReq.inputResponses, 'user_context');
    if (view.kind === 'elicit') {
      return Promise.resolve({ messages: [said(`Context: ${String(view.content?.['context'])}`)] });
    }
    const requestedSchema = {
      type: 'object' as const,
      properties: { context: { type: 'string' as const } },
      required: ['context'],
    };
    const message = 'What context should the prompt use?';
    const user_context = inputRequired.elicit({ message, requestedSchema });
    return Promise.resolve(inputRequired({ inputRequests: { user_context } }));
  }),
];
