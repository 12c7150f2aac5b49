import { expect, it } from 'vitest';
import { locationOf, requireAddress } from './location.ts';
import { withPlainTls } from './pool.ts';

it('an address is shown without its password and its parameters', () => {
  expect(locationOf('postgres://ann:s3cret@db.example:5433/pawl?sslkey=/k&password=x')).toBe(
    'postgres://ann@db.example:5433/pawl',
  );
  expect(locationOf('postgresql://db/pawl')).toBe('postgres://db/pawl');
});

it.each(['mysql://a:s3cret@b/c', 'postgres//:s3cret', 's3cret'])(
  'what is no address is refused without being repeated: %#',
  (url) => {
    try {
      requireAddress(url);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'config_invalid' });
      expect(JSON.stringify(error)).not.toContain('s3cret');
      expect(String(error)).not.toContain('s3cret');
      expect((error as Error).cause).toBeUndefined();
    }
  },
);

it('what asks for TLS is handed on in the word that says what it means here', () => {
  for (const mode of ['prefer', 'require', 'verify-ca', 'verify-full']) {
    expect(withPlainTls(`postgres://db/x?a=1&sslmode=${mode}&b=2`)).toBe(
      'postgres://db/x?a=1&sslmode=verify-full&b=2',
    );
  }
  for (const kept of [
    'sslmode=disable',
    'sslmode=no-verify',
    'sslmode=require&uselibpqcompat=true',
  ]) {
    expect(withPlainTls(`postgres://db/x?${kept}`)).toBe(`postgres://db/x?${kept}`);
  }
});
