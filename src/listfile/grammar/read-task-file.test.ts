import { describe, expect, test } from 'vitest';
import { markList } from '../marks/mark-list.ts';
import { parseList } from './parse-list.ts';

const bytesOf = (list: string) => new TextEncoder().encode(list);
const documentOf = (list: string) => parseList(bytesOf(list)).document;

const FILE = `---
id: KIT-12
title: 'Show the kettle'
status: To Do
dependencies:
  - KIT-11
priority: high
---

## Description

Nobody can see it.

## Acceptance Criteria
<!-- AC:BEGIN -->
- [ ] #1 it is on the page
- [x] #2 it boils
<!-- AC:END -->

## Implementation Plan

1. Draw it
`;

describe('a file with the id, title and status of a task in its front matter', () => {
  test('is that task, and its text is what it is about', () => {
    const { tasks, findings } = documentOf(FILE);
    expect(tasks).toMatchObject([
      {
        ...{ taskId: 'KIT-12', description: 'Show the kettle', mark: 'queued', priority: 'P1' },
        criteria: ['#1 it is on the page', '#2 it boils'],
        fields: { Notes: 'Description\nNobody can see it.\nImplementation Plan\nDraw it' },
        line: 4,
      },
    ]);
    // The other task stands in another file.
    expect(findings).toMatchObject([{ code: 'dangling_dependency', line: 6 }]);
  });

  test.each(['\n', '\r\n'])('is marked there, and nowhere else', (end) => {
    const list = FILE.replaceAll('\n', end);
    const { bytes } = markList(bytesOf(list), new Map([['KIT-12', 'completed']]));
    expect(new TextDecoder().decode(bytes)).toBe(list.replace('To Do', 'Done'));
  });

  test.each([
    ['without a status', FILE.replace('status: To Do\n', '')],
    ['with a status that is none', FILE.replace('To Do', 'accepted')],
    ['without an id', FILE.replace('id: KIT-12\n', '')],
    ['of a page', FILE.replace('KIT-12', 'kettle')],
    ['of a decision', FILE.replace('KIT-12', 'ADR-12')],
    ['about something else', `${FILE.split('## ')[0]}## Usage\n\nPlug it in.\n`],
  ])('is none %s', (_what, list) => {
    expect(documentOf(list).tasks).toEqual([]);
  });

  test('has the boxes below as its steps', () => {
    expect(documentOf(FILE.replace('1. Draw it', '- [ ] Draw it')).tasks).toMatchObject([
      { taskId: 'KIT-12', steps: ['Draw it'] },
    ]);
  });

  test('is the list of its tasks when it has any', () => {
    expect(documentOf(`${FILE}\n## Tasks\n\n- [ ] A-1: x\n`).tasks).toMatchObject([
      { taskId: 'A-1' },
    ]);
  });
});
