import type { Look } from '../../src/operations/until-settled.ts';

/** Takes whatever the first look sees. */
export async function untilSettled<T>(_: unknown, look: () => Promise<Look<T>>): Promise<T> {
  return (await look()).take();
}
