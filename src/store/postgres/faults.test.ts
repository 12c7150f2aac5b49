import { expect, it } from 'vitest';
import { storeFault } from './faults.ts';

it('a password that was not said is refused, and what did not answer is not said to have', () => {
  const silent = 'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string';
  expect(storeFault(new Error(silent)).code).toBe('store_refused');
  const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  expect(storeFault(away)).toMatchObject({
    code: 'store_unreachable',
    message: 'the database did not answer: connect ECONNREFUSED',
  });
  const busy = Object.assign(new Error('too many clients'), { code: '53300' });
  expect(storeFault(busy).message).toBe('the database answered: too many clients');
});
