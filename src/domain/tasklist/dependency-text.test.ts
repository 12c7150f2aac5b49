import { describe, expect, test } from 'vitest';
import { ExistingIds, readDependencies } from './dependency-text.ts';

const existing = new ExistingIds(['B-001', 'B-002', 'B-003', 'B-005', 'A-1', '1', '2', '3']);

describe('readDependencies', () => {
  test.each([
    ['A-1, B-002', ['A-1', 'B-002']],
    ['`A-1`; [B-002](#b-002)', ['A-1', 'B-002']],
    ['a-1 and b-002 & B-003', ['A-1', 'B-002', 'B-003']],
    ['A-1<br>B-002', ['A-1', 'B-002']],
    ['A-1 B-002', ['A-1', 'B-002']],
    ['1, 2', ['1', '2']],
    ['B-001 to B-005', ['B-001', 'B-002', 'B-003', 'B-005']],
    ['B-001..B-003', ['B-001', 'B-002', 'B-003']],
    ['B-001–B-003', ['B-001', 'B-002', 'B-003']],
    ['B-001-003', ['B-001', 'B-002', 'B-003']],
    ['1-3', ['1', '2', '3']],
    ['A-1, A-1', ['A-1']],
    ['-', []],
    ['None', []],
    ['', []],
  ])('reads %j', (text, ids) => {
    expect(readDependencies(text, existing)).toEqual({ ids, dangling: [], freeText: [] });
  });

  test('reads what is ticked off, other commas, ids with # and other words for nothing', () => {
    const existing = new ExistingIds(['A-1', 'A-2', '#13', '#25']);
    const idsOf = (text: string) => readDependencies(text, existing);
    const reads = (ids: readonly string[]) => ({ ids, dangling: [], freeText: [] });
    expect(idsOf('A-1 ✅, A-2')).toEqual(reads(['A-1', 'A-2']));
    expect(idsOf('A-1、A-2')).toEqual(reads(['A-1', 'A-2']));
    expect(idsOf('#13 ✅, #25')).toEqual(reads(['#13', '#25']));
    expect(idsOf('无')).toEqual(reads([]));
    expect(idsOf('keine')).toEqual(reads([]));
  });

  test('keeps an id that the list does not have, and says so', () => {
    const reading = readDependencies('A-1, Z-9', existing);
    expect(reading).toEqual({ ids: ['A-1', 'Z-9'], dangling: ['Z-9'], freeText: [] });
  });

  test('keeps no prose, and takes no number out of it for an id', () => {
    for (const text of ['All agent tasks', 'Phase 1', 'the 2 others']) {
      expect(readDependencies(text, existing)).toEqual({ ids: [], dangling: [], freeText: [text] });
    }
  });

  test('takes the id and reports the remark beside it', () => {
    const reading = readDependencies('A-1 (schema only)', existing);
    expect(reading).toEqual({ ids: ['A-1'], dangling: [], freeText: ['A-1 (schema only)'] });
  });

  const phases = new ExistingIds(['P2.1-T01', 'P2.1-T02', 'P2.1-T03', 'P2.1-T07', 'P2.2-T01']);

  test.each([
    ['P2.1-T01–T03', ['P2.1-T01', 'P2.1-T02', 'P2.1-T03']],
    ['P2.1-T01..T07', ['P2.1-T01', 'P2.1-T02', 'P2.1-T03', 'P2.1-T07']],
    ['p2.1-t01 to T02', ['P2.1-T01', 'P2.1-T02']],
    ['T02..T03', ['P2.1-T02', 'P2.1-T03']],
    ['P2.1-T01–03', ['P2.1-T01', 'P2.1-T02', 'P2.1-T03']],
    ['T07, P2.2-T01', ['P2.1-T07', 'P2.2-T01']],
  ])('reads %j, whose end is shortened', (text, ids) => {
    expect(readDependencies(text, phases)).toEqual({ ids, dangling: [], freeText: [] });
  });

  test('takes no end for an id that two ids end with, or none', () => {
    const dangling = (text: string) => readDependencies(text, phases).dangling;
    expect(dangling('T01')).toEqual(['T01']);
    expect(readDependencies('T01..T03', phases).freeText).toEqual(['T01..T03']);
    expect(dangling('P2.1-T01–T09')).toEqual(['P2.1-T09']);
    expect(readDependencies('Z-T01–T03', phases).freeText).toEqual(['Z-T01–T03']);
  });

  const short = new ExistingIds(['T-037-01', 'T-037-02', 'T-037-03', 'T-037-A-04', 'box-1a']);

  test.each([
    ['01, 02', ['T-037-01', 'T-037-02']],
    ['#01', ['T-037-01']],
    ['01-03', ['T-037-01', 'T-037-02', 'T-037-03']],
    ['01..03', ['T-037-01', 'T-037-02', 'T-037-03']],
    ['a-04', ['T-037-A-04']],
  ])('reads %j as ends of ids', (text, ids) => {
    expect(readDependencies(text, short)).toEqual({ ids, dangling: [], freeText: [] });
  });

  test('takes no number for the end of an id where ids begin differently, or in prose', () => {
    expect(readDependencies('001', existing).freeText).toEqual(['001']);
    expect(readDependencies('09', short).freeText).toEqual(['09']);
    expect(readDependencies('the 01 others', short).freeText).toEqual(['the 01 others']);
    const twice = new ExistingIds(['T-A-01', 'T-B-01']);
    expect(readDependencies('01', twice).freeText).toEqual(['01']);
  });
});
