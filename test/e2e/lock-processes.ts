import { type ChildProcess, spawn } from 'node:child_process';
import { programOf } from '../chaos/built-chaos.ts';
import { until } from '../chaos/pawl-process.ts';

/** A process that works under a lock; see `test/chaos/lock-worker.ts`. */
export class LockWorker {
  readonly #child: ChildProcess;
  #said = '';

  constructor(
    way: 'count' | 'without' | 'write',
    { folder, times = 1, url }: { folder: string; times?: number; url: string | null },
  ) {
    const argv = [
      programOf('lock-worker'),
      way,
      folder,
      String(times),
      ...(url === null ? [] : [url]),
    ];
    this.#child = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text;
    });
  }

  get said(): readonly string[] {
    return this.#said.split('\n').slice(0, -1);
  }

  go(): void {
    this.#child.stdin?.write('go\n');
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** The line that begins so, once it was said. */
  async hear(word: string): Promise<string> {
    const find = (): string | undefined => this.said.find((line) => line.startsWith(word));
    await until(
      `a line ${word}`,
      () => find() !== undefined,
      undefined,
      () => this.#said,
    );
    return find() ?? '';
  }

  /** The number in such a line. */
  async number(word: string): Promise<number> {
    return Number((await this.hear(`${word} `)).slice(word.length + 1));
  }
}

/** Takes what a holder of the lock writes, but nothing of one that is older than another's. */
export class FencedResource {
  #fence = 0;
  readonly accepted: number[] = [];
  readonly refused: number[] = [];

  write(fence: number): void {
    if (fence < this.#fence) {
      this.refused.push(fence);
      return;
    }
    this.#fence = fence;
    this.accepted.push(fence);
  }
}
