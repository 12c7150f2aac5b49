import { describe, expect, it } from 'vitest';
import { isPawlError } from '../domain/errors.ts';
import { checkTemplate, fillArguments, fillTemplate, mentions, PLACEHOLDERS } from './template.ts';

const VALUES = {
  ...Object.fromEntries(PLACEHOLDERS.map((name) => [name, `<${name}>`])),
  prompt: 'two words; $(rm -rf /)\n{task.id} "quoted"',
} as Parameters<typeof fillTemplate>[1];

describe('an argument template', () => {
  it('takes every documented placeholder', () => {
    for (const name of PLACEHOLDERS) {
      expect(fillTemplate(`a{${name}}b`, VALUES)).toBe(`a${VALUES[name]}b`);
    }
  });

  it('keeps a value one argument, and never looks into it again', () => {
    const argv = ['prog', '--task={task.id}', '{prompt}'] as const;
    expect(fillArguments(argv, VALUES)).toEqual(['prog', '--task=<task.id>', VALUES.prompt]);
  });

  it('leaves braces alone that hold no lower-case word', () => {
    for (const text of ['{}', '{ prompt }', '{"a": {"b": 1}}', '{A}', '{1,2}', '${', 'a}b{']) {
      expect(fillTemplate(text, VALUES)).toBe(text);
    }
  });

  it('keeps a word in doubled braces as text', () => {
    expect(fillTemplate("awk '{{print}}' {{prompt}} {list}", VALUES)).toBe(
      "awk '{print}' {prompt} <list>",
    );
  });

  it('refuses a word that is no placeholder, and says which are', () => {
    try {
      checkTemplate('x {promt_file}');
      expect.unreachable();
    } catch (error) {
      expect(isPawlError(error, 'usage') && error.message).toMatch(/\{promt_file\}.*prompt_file/s);
    }
  });

  it('knows which placeholders it mentions', () => {
    expect(mentions(['a', 'x{prompt_file}'], 'prompt_file')).toBe(true);
    expect(mentions(['a', 'x{prompt_file}', '{{prompt}}'], 'prompt')).toBe(false);
  });
});
