import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DROPPED_LINE, readOutput } from '../../../src/agents/program-output.ts';
import type { ProgramSpec } from '../../../src/agents/runner.ts';
import { type Context, run } from './attempt-trial.ts';

export function keepsOutput(context: Context): void {
  const { bench, create } = context;

  it('shows output while the program runs', async () => {
    const spec = bench.spec('echo ready; until [ -e go ]; do sleep 0.05; done; echo gone');
    const program = await create(bench.world).start(spec);
    await bench.until('it is seen', async () => (await program.outputTail(100)) === 'ready\n');
    expect(await readOutput(bench.world.files, spec.folder, { offset: 2, bytesMax: 2 })).toEqual({
      ...{ bytes: Buffer.from('ad'), next: 4, last: false },
    });
    writeFileSync(bench.path('go'), '');
    await program.exited;
    expect(await program.outputTail(7)).toBe('y\ngone\n');
  });

  it('keeps everything of a program that writes little at a time', async () => {
    const spec = bench.spec('i=0; while [ $i -lt 2000 ]; do echo "line $i"; i=$((i+1)); done', {
      outputBytesMax: 200_000,
    });
    expect(await run(context, spec)).toMatchObject({ outputTruncated: false });
    const lines = Array.from({ length: 2000 }, (_, index) => `line ${index}\n`);
    expect(bench.output(spec)).toBe(lines.join(''));
  });

  it('keeps head and tail of a flood, and never more than the bound', async () => {
    const outputBytesMax = 300_000;
    const spec = bench.spec('echo BEGIN; yes x | head -c 50000000; echo END; exit 5', {
      outputBytesMax,
    });
    const exit = await run(context, spec);
    expect(exit).toMatchObject({ code: 5, outputTruncated: true });
    expect(exit.outputBytes).toBeLessThanOrEqual(outputBytesMax);
    expect(exit.outputBytes).toBeGreaterThan(outputBytesMax - 10_000);
    const onDisk = ['output.log', 'output.tail'].map(
      (file) => statSync(join(spec.folder, file)).size,
    );
    expect((onDisk[0] as number) + (onDisk[1] as number)).toBeLessThanOrEqual(outputBytesMax);

    const all = await readAll(context, spec);
    expect(all.startsWith('BEGIN\nx\n')).toBe(true);
    expect(all.endsWith('x\nEND\n')).toBe(true);
    expect(all.split(DROPPED_LINE)).toHaveLength(2);
    expect(all).toHaveLength(exit.outputBytes + DROPPED_LINE.length);
  });

  it('loses no byte of output that only just needs the tail', async () => {
    const spec = bench.spec('seq 1 4000', { outputBytesMax: 24_000 });
    expect(await run(context, spec)).toMatchObject({ outputBytes: 18_893, outputTruncated: false });
    expect(await readAll(context, spec)).toBe(
      Array.from({ length: 4000 }, (_, index) => `${index + 1}\n`).join(''),
    );
  });

  it('drains what it cannot write, and lets the program end', async () => {
    const spec = bench.spec('seq 1 100000; exit 4');
    mkdirSync(spec.folder, { recursive: true });
    symlinkSync('/dev/full', join(spec.folder, 'output.log'));
    expect(await run(context, spec)).toMatchObject({ code: 4, outputTruncated: true });
  });
}

async function readAll({ bench }: Context, spec: ProgramSpec): Promise<string> {
  const parts: Uint8Array[] = [];
  for (let offset = 0, last = false; !last; ) {
    const chunk = await readOutput(bench.world.files, spec.folder, { offset, bytesMax: 7_000 });
    parts.push(chunk.bytes);
    ({ next: offset, last } = chunk);
  }
  return Buffer.concat(parts).toString();
}
