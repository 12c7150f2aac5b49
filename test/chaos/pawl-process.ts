import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as after } from 'node:timers/promises';

/** How long anything may take on a busy machine before a test gives up on it. */
export const PATIENCE_MS = 60_000;
const LOOK_MS = 15;

/** How a process ended, and all that it said. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** One process of Pawl, started by a test. */
export class PawlProcess {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #out = '';
  #err = '';
  #over = false;

  constructor(
    script: string,
    args: readonly string[],
    where: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  ) {
    const env = { ...process.env, ...where.env };
    this.#child = spawn(process.execPath, [script, ...args], {
      cwd: where.cwd,
      env,
      // A process group of its own, as a shell gives it to what runs in its terminal.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.pid = this.#child.pid ?? 0;
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#out += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#err += text;
    });
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code, signal) => {
        this.#over = true;
        resolve({ code, signal, out: this.#out, err: this.#err });
      });
    });
  }

  get over(): boolean {
    return this.#over;
  }

  /** All that it said so far, on both ways. */
  get said(): string {
    return this.#out + this.#err;
  }

  signal(name: NodeJS.Signals): void {
    if (!this.#over) this.#child.kill(name);
  }

  /** What a terminal does at Ctrl-C: SIGINT to everybody in its foreground. */
  interrupt(): void {
    if (!this.#over) process.kill(-this.pid, 'SIGINT');
  }

  /** SIGKILL, and resolve when it is gone. */
  async kill(): Promise<Ended> {
    this.signal('SIGKILL');
    return await this.ended;
  }

  /** Its end, which must come by itself. */
  async end(limitMs = PATIENCE_MS): Promise<Ended> {
    await until(
      `the end of process ${this.pid}`,
      () => this.#over,
      limitMs,
      () => this.said,
    );
    return await this.ended;
  }
}

/** Wait for a condition; the failure says for what, and what was seen instead. */
export async function until(
  what: string,
  holds: () => boolean,
  limitMs: number = PATIENCE_MS,
  seen: () => string = () => '',
): Promise<void> {
  const giveUpAt = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > giveUpAt) {
      throw new Error(`waited ${limitMs} ms in vain for ${what}\n${seen()}`);
    }
    await after(LOOK_MS);
  }
}
