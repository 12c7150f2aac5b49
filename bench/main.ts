import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { latency } from './engine/latency.ts';
import { overhead } from './engine/overhead.ts';
import type { Section } from './figure.ts';
import { lists } from './lists/lists.ts';
import { describeMachine } from './machine.ts';
import { clients } from './mcp/clients.ts';
import { migration } from './migrate/migrate.ts';
import { postgres } from './postgres/postgres.ts';
import { type Measured, reportPage, tableText, withSection } from './report.ts';
import { scale } from './scale/scale.ts';
import { Scratch } from './scratch.ts';
import { contention } from './store/contention.ts';
import { history } from './store/history.ts';
import { throughput } from './store/throughput.ts';

const SECTIONS: readonly Section[] = [
  throughput,
  contention,
  latency,
  history,
  overhead,
  scale,
  migration,
  lists,
  clients,
  postgres,
];
const PAGE = join(import.meta.dirname, '..', 'docs', 'reference', 'performance.md');

/**
 * `npm run bench -- [--page] [section ...]`: measure, print, and write the page when all was
 * measured; with `--page` only what was.
 */
async function bench(args: readonly string[]): Promise<void> {
  const wanted = args.filter((arg) => arg !== '--page');
  const unknown = wanted.filter((name) => !SECTIONS.some((section) => section.name === name));
  if (unknown.length > 0) {
    const known = SECTIONS.map(({ name }) => name).join(', ');
    console.error(`no section ${unknown.join(', ')}; there are ${known}`);
    process.exitCode = 2;
    return;
  }
  const scratch = new Scratch();
  const machine = describeMachine(scratch.root);
  scratch.remove();
  for (const [name, value] of Object.entries(machine)) console.log(`${name.padEnd(8)}${value}`);
  const measured: Measured[] = [];
  for (const section of SECTIONS) {
    if (wanted.length > 0 && !wanted.includes(section.name)) continue;
    console.log(`\n${section.name}: ${section.title}`);
    const figures = await section.run((progress) => console.log(`  ... ${progress}`));
    console.log(tableText(figures));
    measured.push({ section, figures });
  }
  const isWhole = measured.length === SECTIONS.length;
  if (!isWhole && !args.includes('--page')) return;
  const onDate = new Date().toISOString().slice(0, 10);
  const page = (text: string, one: Measured): string => withSection(text, one, { machine, onDate });
  writeFileSync(
    PAGE,
    isWhole
      ? reportPage({ machine, measured, onDate })
      : measured.reduce(page, readFileSync(PAGE, 'utf8')),
  );
  console.log(`\nwritten: ${PAGE}`);
}

await bench(process.argv.slice(2));
