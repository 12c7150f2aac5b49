import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type KnownBox, nameBoxes, type UnnamedBox } from './box-names.ts';

const box = (description: string, section = 'S'): UnnamedBox => ({ section, description });
const idsOf = (boxes: readonly UnnamedBox[], known: readonly KnownBox[] = []): string[] =>
  nameBoxes(boxes, known, new Set()).map((name) => name.taskId);
const remember = (boxes: readonly UnnamedBox[]): KnownBox[] =>
  idsOf(boxes).map((taskId, index) => ({ taskId, ...(boxes[index] as UnnamedBox) }));

const anyBoxes: fc.Arbitrary<UnnamedBox[]> = fc.array(
  fc.record<UnnamedBox>({
    section: fc.constantFrom('one', 'two'),
    description: fc.constantFrom('write it', 'test it', 'ship it', 'tell all of them'),
  }),
  { maxLength: 8 },
);

describe('nameBoxes', () => {
  test('tells equal lines apart by their order', () => {
    const [first, second, third] = idsOf([box('do it'), box('do it'), box('do it')]);
    expect(second).toBe(`${first}~2`);
    expect(third).toBe(`${first}~3`);
  });

  test('inserting a line that equals no other changes no other id', () => {
    fc.assert(
      fc.property(anyBoxes, fc.nat(8), (boxes, at) => {
        const longer = boxes.toSpliced(at, 0, box('a line like no other'));
        const place = Math.min(at, boxes.length);
        expect(idsOf(longer).toSpliced(place, 1)).toEqual(idsOf(boxes));
      }),
    );
  });

  test('gives every box its own id, known or not', () => {
    fc.assert(
      fc.property(anyBoxes, anyBoxes, (before, now) => {
        const ids = idsOf(now, remember(before));
        expect(new Set(ids).size).toBe(now.length);
      }),
    );
  });

  test('an unchanged list keeps every stored id', () => {
    fc.assert(
      fc.property(anyBoxes, (boxes) => {
        const known = remember(boxes).map((entry, index) => ({
          ...entry,
          taskId: `kept-${index}`,
        }));
        expect(idsOf(boxes, known)).toEqual(known.map((entry) => entry.taskId));
      }),
    );
  });

  test('a moved line and a reworded line keep their ids', () => {
    const known = remember([box('write the user manual'), box('test the parser well')]);
    const now = [box('test the parser really well'), box('write the user manual', 'Later')];
    expect(idsOf(now, known)).toEqual([known[1]?.taskId, known[0]?.taskId]);
  });

  test('of two lines that are equally similar to an old one the earlier has its id', () => {
    const known = remember([box('test the new parser')]);
    const now = [box('test the new parser (b)'), box('test the new parser (a)')];
    const [first, second] = idsOf(now, known);
    expect(first).toBe(known[0]?.taskId);
    expect(second).not.toBe(known[0]?.taskId);
  });

  test('a slip of the pen is corrected without a new id, in every script', () => {
    const known = remember([box('Fix teh login'), box('システムの設計を書く')]);
    const now = [box('Fix the login'), box('システムの設計書を書く')];
    expect(idsOf(now, known)).toEqual(known.map((entry) => entry.taskId));
  });

  test('other numbers are other tasks', () => {
    const known = remember([box('Write chapter 1')]);
    expect(idsOf([box('Write chapter 2')], known)).not.toContain(known[0]?.taskId);
  });

  test('one that left the list is known again by the same text, not by a similar one', () => {
    const known = remember([box('write the manual')]).map((entry) => ({
      ...entry,
      archived: true,
    }));
    expect(idsOf([box('write the manual', 'Later')], known)).toEqual([known[0]?.taskId]);
    expect(idsOf([box('write the manuals')], known)).not.toContain(known[0]?.taskId);
  });

  test('equal texts keep their order when both of their headings change', () => {
    const known = remember([box('test it', 'A'), box('test it', 'B')]);
    const now = [box('test it', 'One'), box('test it', 'Two')];
    expect(idsOf(now, known)).toEqual(known.map((entry) => entry.taskId));
  });

  test('10,000 reworded lines keep their ids in reasonable time', () => {
    const texts = Array.from({ length: 10_000 }, (_, n) => `do the work of part ${n} of the list`);
    const known = remember(texts.map((text) => box(text)));
    const now = texts.map((text) => box(`${text} now`));
    expect(idsOf(now, known)).toEqual(known.map((entry) => entry.taskId));
  });

  test('10,000 equal lines are named in linear time', () => {
    const many = Array.from({ length: 10_000 }, () => box('todo'));
    expect(new Set(idsOf(many, remember(many))).size).toBe(10_000);
  });
});
