import { describe, expect, it } from 'vitest';
import { systemClock } from '../world/clock.ts';
import { REDACTED, redactText, redactValue } from './redact.ts';

describe('redactText', () => {
  const secrets: readonly (readonly [text: string, secret: string])[] = [
    ['Authorization: Bearer abc.def-123456', 'abc.def-123456'],
    ['curl -H "authorization: basic dXNlcjpwYXNz"', 'dXNlcjpwYXNz'],
    ['ANTHROPIC_API_KEY=very-private run', 'very-private'],
    ['export MY_SECRET="two words here"', 'two words here'],
    ['{"access_token": "a1b2c3d4"}', 'a1b2c3d4'],
    ['deploy --password hunter2 --dry-run', 'hunter2'],
    ['deploy --api-key=k-123', 'k-123'],
    ['postgres://me:s3cr3t@db.example/pawl', 's3cr3t'],
    ['used sk-ant-api03-AAAAAAAAAAAAAAAAAAAA today', 'sk-ant-api03-AAAAAAAAAAAAAAAAAAAA'],
    ['ghp_0123456789abcdefghij0123456789abcdef', 'ghp_0123456789abcdefghij0123456789abcdef'],
    ['AKIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'eyJzdWIiOiIxIn0'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----', 'MIIE'],
  ];

  it.each(secrets)('takes the secret out of: %s', (text, secret) => {
    expect(redactText(text)).not.toContain(secret);
    expect(redactText(text)).toContain(REDACTED);
  });

  it.each([
    'exit code 1: 3 tests failed',
    'waiting for task ABC-001, which is running',
    'https://example.org/a:b/c@d',
    'UPDATE task_queue SET status = ? WHERE id = ?',
    'the tokenizer read 15 tokens',
  ])('leaves alone: %s', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it('takes linear time for hostile text', () => {
    const hostile = `${'token'.repeat(20_000)}${'a-'.repeat(50_000)}`;
    const before = systemClock.monotonic();
    redactText(hostile);
    expect(systemClock.monotonic() - before).toBeLessThan(2_000);
  });
});

describe('redactValue', () => {
  it('takes out what a name says is secret, whatever it looks like', () => {
    const value = { env: { GH_TOKEN: 'plain', PATH: '/bin' }, list: ['API_KEY=x1'] };
    expect(redactValue(value)).toEqual({
      env: { GH_TOKEN: REDACTED, PATH: '/bin' },
      list: [`API_KEY=${REDACTED}`],
    });
  });

  it('keeps numbers, such as a count of tokens', () => {
    expect(redactValue({ tokens: 12 })).toEqual({ tokens: 12 });
  });

  it('ends at cycles, depth and size', () => {
    const cycle: Record<string, unknown> = { long: 'x'.repeat(100_000) };
    cycle['self'] = cycle;
    const text = JSON.stringify(redactValue({ cycle, many: Array.from({ length: 5_000 }) }));
    expect(text.length).toBeLessThan(80_000);
    expect(text).toContain('[deeper]');
    expect(text).toContain('more]');
  });
});
