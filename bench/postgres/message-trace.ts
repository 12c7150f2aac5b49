import { Client } from 'pg';
import type { Trace } from '../../src/store/postgres/connection.ts';
import { Flight, type Sent, Session } from '../../src/store/postgres/flight.ts';
import { execute } from '../../test/support/postgres-server.ts';

/** Every message that the product sends to its database, with all statements and values in it. */
export class MessageTrace {
  readonly messages: (readonly Sent[])[] = [];
  #recording = false;

  readonly trace: Trace = (sent) => {
    if (this.#recording) this.messages.push(sent);
  };

  async record(work: () => Promise<unknown>): Promise<void> {
    this.#recording = true;
    await work();
    this.#recording = false;
  }
}

/**
 * The floor: the same messages, one after the other, on one bare connection to a copy of the
 * database they were recorded on. Nothing but the database and the way to it is left.
 *
 * @returns milliseconds.
 */
export async function replay({ messages }: MessageTrace, url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const session = new Session({ named: true });
  const startedAt = performance.now();
  for (const sent of messages) await send(client, session, sent);
  const took = performance.now() - startedAt;
  await client.end();
  return took;
}

async function send(client: Client, session: Session, sent: readonly Sent[]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    client.query(
      new Flight({
        ...{ session, sent, learn: () => undefined },
        callback: (fault) => {
          if (fault === null) resolve();
          else reject(fault);
        },
      }),
    );
  });
}

/** A copy of a database that nobody is connected to. Gives its address. */
export async function copyOf(url: string, name: string): Promise<string> {
  const from = new URL(url).pathname.slice(1);
  const server = Object.assign(new URL(url), { pathname: '/postgres' }).href;
  await execute(server, `DROP DATABASE IF EXISTS ${name}`);
  await execute(server, `CREATE DATABASE ${name} TEMPLATE ${from}`);
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}
