// The verify step of SITE-006: does every file that a page asks for exist? Success is evidence.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2] ?? 'site';
const pages = readdirSync(folder).filter((name) => name.endsWith('.html'));
const missing = pages.flatMap((page) =>
  [...readFileSync(join(folder, page), 'utf8').matchAll(/(?:href|src)="([^"]+)"/g)]
    .map(([, target]) => target)
    .filter((target) => !existsSync(join(folder, target)))
    .map((target) => `${page}: no file ${target}`),
);
for (const line of missing) console.error(line);
console.log(`${pages.length} pages, ${missing.length} links broken`);
process.exitCode = missing.length === 0 ? 0 : 1;
