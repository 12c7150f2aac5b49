import type { Catalogue } from './catalogue.ts';
import { complete } from './complete.ts';
import type { Door } from './door.ts';
import { HandleDesk } from './handle-desk.ts';
import { HANDLE_KINDS } from './handle-kinds.ts';
import { INSTRUCTIONS } from './instructions.ts';
import { PROMPTS } from './prompts/prompts.ts';
import { resourceShelf } from './resources/resource-shelf.ts';
import { serveTool } from './serve-tool.ts';
import { entriesOf } from './tool.ts';
import { adviceOn } from './tools/older-names.ts';
import { type OfferedSet, toolsOf } from './tools/tools.ts';

/** What the product offers to an MCP client. */
export function productCatalogue(door: Door, set: OfferedSet): Catalogue {
  return {
    info: {
      name: 'pawl',
      title: 'Pawl',
      version: door.version,
    },
    instructions: INSTRUCTIONS,
    tools: toolsOf(set).flatMap((tool) =>
      entriesOf(tool, (one, args, call) => serveTool(door, one, args, call)),
    ),
    advice: (name) => adviceOn(name, set),
    resources: resourceShelf(door),
    prompts: PROMPTS,
    complete: (params, call) => complete(door, params, call),
    tasks: new HandleDesk(door, HANDLE_KINDS),
  };
}
