import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createMigrator, PawlError } from 'pawl/migrate';
import { SHOP_1 } from './shop-1.ts';
import { SHOP_2 } from './shop-2.ts';

const folder = mkdtempSync(join(tmpdir(), 'shop-'));
const path = join(folder, 'shop.db');

// Version 1: there is no file yet. It is made as declared.
await createMigrator({ path, version: '1.0.0', ...SHOP_1 }).migrate();
sell();

// Version 2, on the rows that are there: look, then do it. A program does just `migrate()`.
const shop = createMigrator({ path, version: '2.0.0', ...SHOP_2 });
const { state, plan, obstacles } = await shop.status();
console.log(`state: ${state}`);
for (const { kind, object, class: risk } of plan.steps) console.log(`  ${kind} ${object}: ${risk}`);
for (const { message, rows } of obstacles) console.log(`  refused: ${message}`, rows);

// One purchase was booked with less than nothing: nobody guesses what it should have been.
try {
  await shop.migrate();
} catch (error) {
  if (!(error instanceof PawlError)) throw error;
  console.log(`${error.code}: ${error.message}`);
}
write('UPDATE purchase SET cents = 0 WHERE cents < 0');

const outcome = await shop.migrate();
if (outcome.kind === 'applied') console.log(`backup: ${outcome.report.backup.kind}`);
console.log('owed:', read('SELECT email, cents FROM owed'));
console.log('notes:', read('SELECT DISTINCT note FROM purchase'));
console.log(
  'history:',
  (await shop.history()).map(({ status, version }) => [status, version]),
);
console.log('faults:', await shop.verify());

// And back again: the backup from before has version 1's columns.
const [backup] = await shop.backups();
if (backup !== undefined) await shop.restore(join(shop.backupFolder, backup.file));
console.log('restored:', read('SELECT mail FROM customer ORDER BY id'));
rmSync(folder, { recursive: true });

function sell(): void {
  write(
    "INSERT INTO customer (name, mail) VALUES ('Ada', 'ada@example.org'), ('Bo', 'bo@example.org')",
  );
  write(
    "INSERT INTO purchase (customer_id, state, cents) VALUES (1, 'open', 1200), (1, 'paid', 300)",
  );
  write("INSERT INTO purchase (customer_id, state, cents) VALUES (2, 'open', 50), (2, 'open', -7)");
}

function write(sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

function read(sql: string): readonly object[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = database.prepare(sql).all();
  database.close();
  return rows.map((row) => ({ ...row }));
}
