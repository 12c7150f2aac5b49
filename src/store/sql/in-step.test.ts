import { describe, expect, it } from 'vitest';
import { inStep } from './in-step.ts';
import { change, last, question, statementsOf, type Verb, write } from './verb.ts';

/** Runs a verb; each answer is the value that was asked with. */
function run<T>(verb: Verb<T>): { readonly asked: readonly string[]; readonly value: T } {
  const asked: string[] = [];
  let step = verb.next();
  while (step.done !== true) {
    const statements = statementsOf(step.value);
    const said = statements.map(({ sql, params }) => `${sql} ${params.join()}`).join('; ');
    asked.push('last' in step.value ? `${said}, and last` : said);
    const answers = statements.map(({ params }) => params[0]);
    step = verb.next('sql' in step.value ? answers[0] : answers);
  }
  return { asked, value: step.value };
}

function* plain(id: string): Verb<string> {
  const read = yield question('read', id);
  yield* last([write('write', id)]);
  return `${String(read)} done`;
}

function* withMore(id: string): Verb<string> {
  yield question('read', id);
  yield* change('more', id);
  yield* last([write('write', id)]);
  return `${id} with more`;
}

describe('verbs in step', () => {
  it('ask together what they ask at the same moment, and get each their own answers', () => {
    expect(run(inStep([plain('a'), plain('b')]))).toEqual({
      asked: ['read a; read b', 'write a; write b, and last'],
      value: ['a done', 'b done'],
    });
  });

  it('of which one asks for more than its own rows: it is run by itself when they are done', () => {
    expect(run(inStep([withMore('a'), plain('b'), withMore('c')]))).toEqual({
      asked: ['read a; read b; read c', 'write b', 'more a', 'write a', 'more c', 'write c'],
      value: ['a with more', 'b done', 'c with more'],
    });
  });

  it('are as many as there are', () => {
    expect(run(inStep<string>([]))).toEqual({ asked: [], value: [] });
  });
});
