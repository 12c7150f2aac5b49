import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProgramRunner, ProgramSpec } from '../../../src/agents/runner.ts';
import { createRealWorld } from '../../../src/world/real-world.ts';
import { pause } from '../../../src/world/timers.ts';

/** A folder for attempts, and what a test of a runner needs around it. */
export class AttemptBench {
  readonly world = createRealWorld();
  /** With a blank, as people's folders have. */
  readonly root = mkdtempSync(join(tmpdir(), 'pawl runner '));
  readonly cwd = join(this.root, 'the project');
  #attempts = 0;

  constructor() {
    mkdirSync(this.cwd);
  }

  /** A new attempt that runs `script` in a shell, unless `change` says otherwise. */
  spec(script: string, change: Partial<ProgramSpec> = {}): ProgramSpec {
    this.#attempts += 1;
    return {
      folder: this.#folder(this.#attempts),
      argv: ['/bin/sh', '-c', script],
      cwd: this.cwd,
      env: { PATH: '/usr/bin:/bin' },
      stdin: '',
      timeoutMs: 60_000,
      killGraceMs: 5_000,
      outputBytesMax: 1024 * 1024,
      ...change,
    };
  }

  /** In the project's folder. */
  path(name: string): string {
    return join(this.cwd, name);
  }

  /** Empty when there is no such file (yet). */
  text(name: string): string {
    try {
      return readFileSync(this.path(name), 'utf8');
    } catch {
      return '';
    }
  }

  output(spec: ProgramSpec): string {
    return readFileSync(join(spec.folder, 'output.log'), 'utf8');
  }

  /** Resolves when `condition` holds; fails loudly when that takes absurdly long. */
  async until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    const giveUpAt = this.world.clock.monotonic() + 12_000;
    while (!(await condition())) {
      if (this.world.clock.monotonic() > giveUpAt) throw new Error(`in vain waited until ${what}`);
      await pause(this.world.timers, 10);
    }
  }

  /** The pid that a program wrote into a file of the project's folder. */
  async pidIn(name: string): Promise<number> {
    await this.until(`${name} holds a pid`, () => this.text(name).endsWith('\n'));
    return Number(this.text(name));
  }

  isAlive(pid: number): boolean {
    return this.world.processes.identify(pid) !== null;
  }

  /** Whatever still runs for any attempt: attendants, their `sleep`s, their programs' groups. */
  async nobodySurvives(): Promise<void> {
    await this.until('nobody survives', () => this.#survivors().length === 0);
  }

  #survivors(): readonly number[] {
    return this.#folders()
      .flatMap((folder) => [join(folder, 'started'), join(folder, 'agent')])
      .filter((path) => existsSync(path))
      .map((path) => Number.parseInt(readFileSync(path, 'utf8'), 10))
      .filter((group) => group > 1 && this.world.processes.isGroupAlive(group));
  }

  /** End what a failed test left, and remove the folder. */
  async clear(runner: ProgramRunner): Promise<void> {
    for (const folder of this.#folders()) await runner.endByFolder(folder, 100);
    rmSync(this.root, { recursive: true, force: true });
  }

  #folders(): readonly string[] {
    return Array.from({ length: this.#attempts }, (_, index) => this.#folder(index + 1));
  }

  #folder(attempt: number): string {
    return join(this.root, 'attempts', String(attempt));
  }
}
