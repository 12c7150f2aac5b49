import {
  createRequestStateCodec,
  type Server,
  type ServerNotifier,
} from '@modelcontextprotocol/server';
import type { Catalogue } from '../../src/mcp/catalogue.ts';
import { CONTENT_TOOLS } from './fixture-content.ts';
import { inputTools } from './fixture-inputs.ts';
import { PROMPTS, RESOURCES } from './fixture-readings.ts';
import { FixtureTasks, type KeptTasks, taskTools } from './fixture-tasks.ts';
import { fixtureTool, text } from './fixture-tool.ts';

/** What the suite wants to find, offered through the product's own layers. */
export function fixtureCatalogue(kept: KeptTasks, notify: () => ServerNotifier): Catalogue {
  const states = createRequestStateCodec({ key: 'k'.repeat(32) });
  const tasks = new FixtureTasks(kept);
  return {
    info: { name: 'pawl-conformance', version: '1.0.0' },
    instructions: 'Fixtures of the conformance suite.',
    tools: [
      ...CONTENT_TOOLS,
      ...inputTools(states),
      ...taskTools(tasks),
      fixtureTool('test_trigger_tool_change', () => {
        notify().toolsChanged();
        return text('told');
      }),
      fixtureTool('test_trigger_prompt_change', () => {
        notify().promptsChanged();
        return text('told');
      }),
    ],
    resources: RESOURCES,
    prompts: PROMPTS,
    complete: ({ argument }) =>
      Promise.resolve(['paris', 'park', 'party'].filter((one) => one.startsWith(argument.value))),
    tasks,
    requestState: states,
    prepare: keepSubscriptions,
  };
}

function keepSubscriptions(server: Server): void {
  const subscribed = new Set<string>();
  server.registerCapabilities({ resources: { subscribe: true }, logging: {} });
  server.setRequestHandler('resources/subscribe', ({ params }) => {
    subscribed.add(params.uri);
    return {};
  });
  server.setRequestHandler('resources/unsubscribe', ({ params }) => {
    subscribed.delete(params.uri);
    return {};
  });
}
