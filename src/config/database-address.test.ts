import { expect, it } from 'vitest';
import { PawlError } from '../domain/errors.ts';
import { databaseAddress } from './database-address.ts';
import { secretInWords, storePlace } from './store-place.ts';

const file = (content: unknown) => ({ name: '.pawl/config.json', content });

it('without an address the store is the project’s own database', () => {
  expect(databaseAddress({ env: {} })).toBeNull();
  expect(databaseAddress({ env: { PAWL_DATABASE_URL: '' }, file: file({}) })).toBeNull();
});

it('the environment is heard before the project’s file', () => {
  const databaseUrl = 'postgres://file/a';
  const databaseDirectUrl = 'postgres://file/b';
  expect(databaseAddress({ env: {}, file: file({ databaseUrl, databaseDirectUrl }) })).toEqual({
    url: databaseUrl,
    directUrl: databaseDirectUrl,
  });
  const env = { PAWL_DATABASE_URL: 'postgresql://env/a' };
  expect(databaseAddress({ env, file: file({ databaseUrl }) })).toEqual({
    url: 'postgresql://env/a',
    directUrl: null,
  });
});

it.each(['mysql://x:s3cret@h/d', 's3cret', 7])('%s is refused by its name alone', (value) => {
  expect(() => databaseAddress({ env: {}, file: file({ databaseUrl: value }) })).toThrow(
    /^\.pawl\/config\.json: databaseUrl must be an address such as postgres:/,
  );
  const env = { PAWL_DATABASE_URL: String(value) };
  expect(() => databaseAddress({ env })).toThrow(/^PAWL_DATABASE_URL must be/);
});

it('a place is named by a variable, so that no password stands in the command', () => {
  const url = 'postgres://ann:s3cret@db/x';
  expect(storePlace('env:TO', '/p', { TO: url })).toEqual({ kind: 'server', url });
  expect(storePlace('env:TO', '/p', { TO: 'a.db' })).toEqual({ kind: 'file', path: '/p/a.db' });
  expect(() => storePlace('env:TO', '/p', {})).toThrow('TO');
  expect(() => storePlace('env:', '/p', {})).toThrow(PawlError);
  expect(secretInWords(url)).toContain('env:NAME');
  expect(secretInWords('postgres://db/x?password=s3cret')).not.toBe(null);
  for (const fine of ['env:TO', 'postgres://ann@db:5432/x', '.pawl/pawl.db', '']) {
    expect(secretInWords(fine)).toBe(null);
  }
});
