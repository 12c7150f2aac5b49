import { describe, expect, it } from 'vitest';
import { createLiveRegion } from './live-region.ts';

/** A terminal of a few lines: what a person would see after what was written to it. */
class Screen {
  readonly columns = 40;
  readonly rows = 20;
  readonly isTTY = true;
  readonly lines: string[] = [''];
  #row = 0;
  #column = 0;

  write(text: string): boolean {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are what is read here
    for (const [token] of text.matchAll(/\u001b\[[?0-9;]*[A-Za-z]|\n|[^\u001b\n]+/g)) {
      this.#take(token);
    }
    return true;
  }

  /** Without the blank lines at its end. */
  get text(): readonly string[] {
    const last = this.lines.findLastIndex((line) => line.trimEnd() !== '');
    return this.lines.slice(0, last + 1).map((line) => line.trimEnd());
  }

  #take(token: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
    const [, count = '', name = ''] = /^\u001b\[([?0-9;]*)([A-Za-z])$/.exec(token) ?? [];
    const by = count === '' ? 1 : Number(count);
    if (token === '\n') {
      this.#row += 1;
      this.#column = 0;
      this.lines[this.#row] ??= '';
    } else if (name === 'A') this.#row = Math.max(0, this.#row - by);
    else if (name === 'B') this.#row = Math.min(this.lines.length - 1, this.#row + by);
    else if (name === 'G') this.#column = 0;
    else if (name === 'K') this.#erase(count);
    else if (name === '') this.#print(token);
  }

  #erase(mode: string): void {
    const line = this.lines[this.#row] ?? '';
    this.lines[this.#row] = mode === '2' ? '' : line.slice(0, this.#column);
  }

  #print(text: string): void {
    const line = (this.lines[this.#row] ?? '').padEnd(this.#column);
    this.lines[this.#row] =
      line.slice(0, this.#column) + text + line.slice(this.#column + text.length);
    this.#column += text.length;
  }
}

describe('the live region', () => {
  const scene = () => {
    const screen = new Screen();
    return { screen, region: createLiveRegion(screen as unknown as NodeJS.WriteStream) };
  };

  it('shows the last lines drawn, whatever became more, fewer or other', () => {
    const { screen, region } = scene();
    const frames = [
      ['head', 'a', 'b', 'tail'],
      ['head', 'b', 'tail'],
      ['head', 'b', 'c', 'd', 'tail'],
      ['head', 'tail'],
      ['head', 'x', 'tail', 'note'],
    ];
    for (const frame of frames) {
      region.draw(frame);
      expect(screen.text).toEqual(frame);
    }
  });

  it('keeps scrolled lines above, in order, and goes without a trace', () => {
    const { screen, region } = scene();
    region.draw(['one', 'two']);
    region.scroll(['first']);
    expect(screen.text).toEqual(['first', 'one', 'two']);
    region.draw(['one', 'three', 'four']);
    region.scroll(['second', 'third']);
    expect(screen.text).toEqual(['first', 'second', 'third', 'one', 'three', 'four']);
    region.clear();
    expect(screen.text).toEqual(['first', 'second', 'third']);
  });
});
