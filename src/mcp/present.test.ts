import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ERROR_CATALOGUE, type ErrorCode, PawlError } from '../domain/errors.ts';
import { answered, REFUSAL, readArguments, refused } from './present.ts';
import { recoveryOf, WORDED_CODES } from './recovery.ts';

const CODES = Object.keys(ERROR_CATALOGUE) as readonly ErrorCode[];

describe('what a tool answers', () => {
  it('is the same in the text and in the structure', () => {
    const { content, structuredContent, isError } = answered({ a: 1, none: null });
    expect(content).toEqual([{ type: 'text', text: '{"a":1}' }]);
    expect(structuredContent).toEqual({ a: 1 });
    expect(isError).toBeUndefined();
  });

  it.each(CODES)('refuses with %s so that the caller knows what to do', (code) => {
    const said = refused(new PawlError(code, 'because', { details: { of: 1 } }), '/p');
    expect(said.isError).toBe(true);
    const refusal = REFUSAL.parse(said.structuredContent);
    expect(refusal).toMatchObject({ error: { code, message: 'because' }, workspace: '/p' });
    expect(refusal.error.next).toMatch(/^\S.{5,}\.$/);
  });

  it('words errors for agents only by codes that exist', () => {
    expect(WORDED_CODES.filter((code) => !(CODES as readonly string[]).includes(code))).toEqual([]);
    expect(recoveryOf(new PawlError('bug', ''))).toBe(ERROR_CATALOGUE.bug.remedy);
  });
});

describe('arguments', () => {
  const schema = z.strictObject({ a: z.number(), b: z.array(z.string()).optional() });

  it('are read, or each fault is named with its place', () => {
    expect(readArguments(schema, { a: 1 })).toEqual({ a: 1 });
    const read = () => readArguments(schema, { a: 'x', b: ['y', 2], c: 3 });
    expect(read).toThrow(expect.objectContaining({ code: 'arguments_invalid' }));
    expect(read).toThrow(/a: .*; b\[1\]: .*; .*"c"/);
  });
});
