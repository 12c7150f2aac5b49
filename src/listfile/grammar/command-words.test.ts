import { describe, expect, it } from 'vitest';
import { commandWords, isSentence } from './command-words.ts';

describe('a text that says how a task is verified', () => {
  it.each([
    'Log file exists after a restart',
    'UI toggle, then the API',
    'pytest passes',
    'all tests pass.',
    '页面 正常',
  ])('%j is a sentence', (text) => {
    expect(isSentence(text)).toBe(true);
  });

  it.each([
    'npm test',
    './check.sh --all',
    'make',
    'CHECK',
    'cargo test --workspace',
    'NODE_ENV=test node x.js',
  ])('%j is a command', (text) => {
    expect(isSentence(text)).toBe(false);
  });

  it('a pipe needs a shell that is named', () => {
    expect(commandWords('a | b')).toEqual({ ok: false, remedy: "sh -c 'a | b'" });
    expect(commandWords('a "b c"')).toEqual({ ok: true, words: ['a', 'b c'] });
  });
});
