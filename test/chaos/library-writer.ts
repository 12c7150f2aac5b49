import { DatabaseSync } from 'node:sqlite';
import { createRealWorld } from '../../src/world/real-world.ts';
import { pause } from '../../src/world/timers.ts';

/** Somebody else's process that writes and reads all the time, and says what was committed. */
const [path = ''] = process.argv.slice(2);
const { timers, random } = createRealWorld();
const database = new DatabaseSync(path, { timeout: 0 });
database.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
const errors: string[] = [];
const committed: number[] = [];
let stopped = false;
process.on('message', () => {
  stopped = true;
});

const isBusy = (error: unknown): boolean =>
  error instanceof Error && (Number(Reflect.get(error, 'errcode')) & 0xff) === 5;

process.send?.('ready');
for (let id = 1_000_000; !stopped; ) {
  try {
    database.exec(`BEGIN IMMEDIATE;
      INSERT INTO book (id, author_id, title) VALUES (${id}, 1, 'by another');
      INSERT INTO loan (book_id, due) VALUES (${id}, 'soon');
      COMMIT`);
    committed.push(id);
    id += 1;
    database.prepare('SELECT count(*) FROM borrowed').get();
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    if (!isBusy(error)) errors.push(String(error));
    if (errors.length > 10) break;
  }
  await pause(timers, random.next() * 3);
}
database.close();
process.send?.({ committed, errors });
process.disconnect();
