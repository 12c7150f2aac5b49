import { describe, expect, it } from 'vitest';
import { splitCommand } from './split-command.ts';

describe('splitting a command', () => {
  it.each([
    ['prog arg {prompt_file}', ['prog', 'arg', '{prompt_file}']],
    [
      `a 'b  c' "d e" f\\ g '' "it's" 'say "hi"'`,
      ['a', 'b  c', 'd e', 'f g', '', "it's", 'say "hi"'],
    ],
    ["sh -c 'a | b > c; echo $X `d` # e'", ['sh', '-c', 'a | b > c; echo $X `d` # e']],
    ['x=1 a~b --x=~', ['x=1', 'a~b', '--x=~']],
    ['', []],
  ])('gives %s as arguments', (text, argv) => {
    expect(splitCommand(text)).toEqual({ ok: true, argv });
  });

  it.each([
    ['a | b', '|'],
    ['a && b', '&&'],
    ['a > f', '>'],
    ['a &', '&'],
    ['a; b', ';'],
    ['a $HOME/x', '$HOME'],
    ['a "x ${HOME}"', '$HOME'],
    ['a $(b)', '$'],
    ['a `b`', '`'],
    ['a "x `b`"', '`'],
    ['a *.ts', '*.ts'],
    ['a # b', '#'],
    ["a 'open", "'"],
    ['a "open', '"'],
    ['~/bin/a', '~'],
    ['a\\', '\\'],
  ])('refuses %s, which only a shell understands', (text, operator) => {
    expect(splitCommand(text)).toEqual({ ok: false, operator });
  });
});
