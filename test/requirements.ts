import { SETTINGS_OF_CLIENTS } from './requirements/clients.ts';
import { DOOR } from './requirements/door.ts';
import { GUARANTEES } from './requirements/guarantees.ts';
import { INFRASTRUCTURE } from './requirements/infrastructure.ts';
import { PERSISTENCE } from './requirements/persistence.ts';
import { QUEUE } from './requirements/queue.ts';
import { QUEUE_ENHANCEMENTS } from './requirements/queue-enhancements.ts';
import { QUEUE_RECOVERY } from './requirements/queue-recovery.ts';
import type { Capability, Requirement } from './requirements/requirement.ts';
import { SERVER_CARE } from './requirements/server-care.ts';
import { SERVER_STORE } from './requirements/server-store.ts';
import { SYNCHRONIZATION } from './requirements/synchronization.ts';

/** Who asked: the title of the document, and everything it promises about behaviour. */
export interface Asked {
  readonly document: string;
  /** How the ids of its promises begin. */
  readonly prefix: string;
  readonly requirements: readonly Requirement[];
}

/**
 * Every promise, each proved by named tests or open until a named capability. A proof that does not
 * exist fails `test/requirements.test.ts`.
 */
export const REQUIREMENTS: readonly Asked[] = [
  {
    document: 'MCP Task Orchestrator: Database-Backed Persistence Implementation',
    prefix: 'S000-',
    requirements: PERSISTENCE,
  },
  {
    document: 'Critical Infrastructure Implementation Roadmap',
    prefix: 'S001-',
    requirements: INFRASTRUCTURE,
  },
  {
    document: 'Synchronization Fixes - MCP Task Orchestrator',
    prefix: 'S002-',
    requirements: SYNCHRONIZATION,
  },
  {
    document: 'Task Queue Persistence',
    prefix: 'S003-',
    requirements: [...QUEUE, ...QUEUE_RECOVERY, ...QUEUE_ENHANCEMENTS],
  },
  { document: 'The MCP door', prefix: 'M-', requirements: [...DOOR, ...SETTINGS_OF_CLIENTS] },
  {
    document: 'Many machines: the same Pawl on PostgreSQL',
    prefix: 'P-',
    requirements: [...SERVER_STORE, ...SERVER_CARE],
  },
  { document: 'What Pawl promises', prefix: 'G', requirements: GUARANTEES },
];

/** What is built: none of its promises may be open any more, but for those that are owed. */
export const BUILT: readonly Capability[] = ['mainJob', 'migration', 'plans', 'importing'];

/** Promises of what is built that no test bears yet, each with what is missing. May only shrink. */
export const OWED: Readonly<Record<string, string>> = {};
