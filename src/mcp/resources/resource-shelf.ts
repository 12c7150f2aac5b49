import type { ReadResourceResult, ResourceTemplateType } from '@modelcontextprotocol/server';
import { isPawlError } from '../../domain/errors.ts';
import type { Call } from '../call.ts';
import type { ResourceShelf } from '../catalogue.ts';
import { rootsOf } from '../client-roots.ts';
import type { Door } from '../door.ts';
import { resolveWorkspace } from '../resolve-workspace.ts';
import { readArtifactResource } from './artifact-resource.ts';
import { readBoard } from './board-resource.ts';
import { readEventsResource } from './events-resource.ts';
import { readListResource } from './list-resource.ts';
import type { ReadResource, ResourceReader } from './resource-reader.ts';
import { readTaskResource } from './task-resource.ts';

const READERS: Readonly<Record<string, ResourceReader>> = {
  'pawl:board': readBoard,
  'pawl:events': readEventsResource,
  task: readTaskResource,
  list: readListResource,
  artifact: readArtifactResource,
};

const JSON_TYPE = 'application/json';

/** Templates, with the names that `completion/complete` knows. */
const TEMPLATES: readonly ResourceTemplateType[] = [
  {
    uriTemplate: 'task://{task_id}{?workspace}',
    name: 'task',
    title: 'A task',
    description: 'Everything that is known of a task: state, why, attempts, result, events.',
    mimeType: JSON_TYPE,
  },
  {
    uriTemplate: 'list://{list}{?after,workspace}',
    name: 'list',
    title: 'A task list or breakdown',
    description:
      'Its tasks in their order, by pages. `list` is a path, or breakdown:ID, percent-encoded.',
    mimeType: JSON_TYPE,
  },
  {
    uriTemplate: 'artifact://{artifact_id}{?offset,length,workspace}',
    name: 'artifact',
    title: 'What a task brought forth',
    description: 'Its content, or a range of it in bytes; what follows is named in its _meta.',
  },
  {
    uriTemplate: 'pawl://events{?since,workspace}',
    name: 'events',
    title: 'Events since',
    description: 'What happened after the event of that number.',
    mimeType: JSON_TYPE,
  },
];

const LISTED = [
  {
    uri: 'pawl://board',
    name: 'board',
    title: 'Board',
    description: 'Where every list and breakdown stands: counts, what runs and who holds it.',
    mimeType: JSON_TYPE,
  },
  {
    uri: 'pawl://events',
    name: 'events',
    title: 'Events',
    description: 'What happened, from the first event on.',
    mimeType: JSON_TYPE,
  },
];

/** The resources of the product. */
export function resourceShelf(door: Door): ResourceShelf {
  return {
    templates: TEMPLATES,
    list: () => Promise.resolve(LISTED),
    read: async (uri, call) => {
      const wanted = parsed(uri, call);
      const reader = wanted === null ? undefined : READERS[wanted.key];
      if (wanted === null || reader === undefined) return null;
      return await door.underWay.during(async () => {
        try {
          return await inWorkspace(door, wanted, call, reader);
        } catch (error) {
          if (isPawlError(error) && error.rule.httpStatus === 404) return null;
          throw error;
        }
      });
    },
  };
}

async function inWorkspace(
  { workspaces }: Door,
  wanted: ReadResource & { readonly key: string },
  call: Call,
  reader: ResourceReader,
): Promise<ReadResourceResult | null> {
  const dir = wanted.query.get('workspace') ?? undefined;
  const { root } = await resolveWorkspace(workspaces, { dir, roots: () => rootsOf(call) });
  const where = { root, create: false, looks: wanted.key === 'task' };
  return await workspaces.use(where, async (workspace) => reader(workspace, wanted));
}

const URI = /^([a-z]+):\/\/([^?#]*)(?:\?([^#]*))?$/;

function parsed(uri: string, { signal }: Call): (ReadResource & { readonly key: string }) | null {
  const [, scheme, path, query] = URI.exec(uri) ?? [];
  if (scheme === undefined || path === undefined) return null;
  const name = decoded(path);
  if (name === null) return null;
  const key = scheme === 'pawl' ? `pawl:${name}` : scheme;
  return { key, name, query: new URLSearchParams(query ?? ''), uri, signal };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null; // no address of ours
  }
}
