import { migrationHistory } from '../../schema/tables/migration-history.ts';
import type { SchemaObject } from '../../schema/vocabulary.ts';
import type { Connection } from '../../store/postgres/connection.ts';
import { ddl } from '../../store/postgres/ddl.ts';
import type { Catalogue } from '../catalogue.ts';
import type { Directives } from '../directives.ts';
import { type PlanInput, planningOf } from '../plan.ts';
import type { Plan } from '../plan-model.ts';
import { readRecord } from './history.ts';
import { inspect } from './inspect.ts';
import type { MigrationPlace } from './migration-options.ts';
import { POSTGRES_DIALECT } from './postgres-dialect.ts';
import { pristine, rehearse } from './scratch.ts';

export interface Declaration {
  /** In an order in which it can be created. */
  readonly schema: readonly SchemaObject[];
  readonly directives?: Directives;
}

/**
 * What a store is to be. The server is asked once what the declaration means there; that stands for
 * every plan that is made with the same object.
 */
export function declaredSchema({
  schema,
  directives = {},
}: Declaration): Pick<MigrationPlace, 'makePlan' | 'record'> {
  const statements = declaredStatements(schema);
  let known: Catalogue | null = null;
  const wantedOn = async (connection: Connection): Promise<Catalogue> => {
    known ??= await pristine(connection, statements);
    return known;
  };
  return {
    record: async (connection) => JSON.stringify(await wantedOn(connection)),
    makePlan: async (connection) => {
      const wanted = await wantedOn(connection);
      const record = await readRecord(connection);
      const before = record === null ? null : (JSON.parse(record) as Catalogue);
      const live = await inspect(connection, 'current');
      return await planOn(connection, { live, wanted, before, directives });
    },
  };
}

/** Make a plan, with each rehearsal in the scratch of this connection. */
export async function planOn(connection: Connection, input: PlanInput): Promise<Plan> {
  const planning = planningOf(POSTGRES_DIALECT, input);
  let step = planning.next();
  while (step.done !== true) {
    const { live, statements } = step.value;
    step = planning.next(await rehearse(connection, live, statements));
  }
  return step.value;
}

/** What creates a declared schema in an empty database, statement by statement. */
export function declaredStatements(schema: Declaration['schema']): readonly string[] {
  const all = schema.includes(migrationHistory) ? schema : [...schema, migrationHistory];
  return all.flatMap(ddl);
}
