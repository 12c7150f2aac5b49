import type { ListDocument, ListTask } from '../../src/domain/tasklist/model.ts';
import type { LoadList } from '../../src/store/store.ts';

/** A list of `count` independent tasks with texts as long as people write them. */
export function taskDocument(count: number): ListDocument {
  return {
    title: 'Bench',
    tasks: Array.from({ length: count }, (_, index) => listTask(index + 1)),
    findings: [],
  };
}

export function loadOf(path: string, document: ListDocument): LoadList {
  return {
    path,
    realPath: path,
    host: 'bench',
    document,
    seenHash: path,
    seenText: '',
    ignoreMissing: false,
    joinHost: false,
    writeBack: false,
  };
}

function listTask(position: number): ListTask {
  return {
    taskId: `T-${position}`,
    explicitId: true,
    description: `Write the parser for part ${position}, with its tests and its documentation`,
    section: 'Parsers',
    priority: 'P2',
    mark: 'queued',
    dependencies: [],
    position,
    line: position + 4,
    steps: [],
    criteria: [],
    agent: null,
    verify: null,
    timeoutMs: null,
    needs: [],
    onDepFailure: null,
    fields: {},
  };
}
