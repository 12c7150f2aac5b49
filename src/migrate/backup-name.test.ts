import { describe, expect, it } from 'vitest';
import {
  backupFileName,
  backupsToRemove,
  isUnfinishedBackup,
  readBackupName,
} from './backup-name.ts';

const FROM = '0123456789abcdef'.repeat(4);
const AT = Date.UTC(2026, 10, 21, 4, 22, 26, 123);
const FILE = 'pawl-before-0123456789ab-20261121042226123.db';

describe('the name of a backup', () => {
  it('says of which database, before which change, and when', () => {
    expect(backupFileName('/x/pawl.db', FROM, AT)).toBe(FILE);
    expect(readBackupName('/x/pawl.db', FILE)).toEqual({
      file: FILE,
      from: '0123456789ab',
      stamp: '20261121042226123',
    });
  });

  it.each([
    ['another database', '/x/other.db', FILE],
    ['an automatic copy', '/x/pawl.db', 'pawl-1795234946123.db'],
    ['an unfinished one', '/x/pawl.db', `${FILE}.part`],
    ['something near it', '/x/pawl.db', `${FILE}-journal`],
  ])('is not read into that of %s', (_what, path, file) => {
    expect(readBackupName(path, file)).toBe(null);
  });

  it('tells what is unfinished, of this database only', () => {
    expect(isUnfinishedBackup('/x/pawl.db', `${FILE}.part`)).toBe(true);
    expect(isUnfinishedBackup('/x/pawl.db', `${FILE}.part-journal`)).toBe(true);
    expect(isUnfinishedBackup('/x/pawl.db', FILE)).toBe(false);
    expect(isUnfinishedBackup('/x/other.db', `${FILE}.part`)).toBe(false);
    expect(isUnfinishedBackup('/x/pawl.db', 'pawl-1795234946123.db.part')).toBe(false);
  });
});

describe('the backups that go', () => {
  const backup = (file: string, from: string, stamp: string) => ({ file, from, stamp });
  const made = backup('made', 'c', '9');

  it('are the oldest above the number, never the one just made, whatever the clock says', () => {
    const found = [made, backup('1', 'a', '1'), backup('3', 'b', '3'), backup('2', 'b', '2')];
    const rule = { kept: 3, named: new Set<string>() };
    expect(backupsToRemove(found, made, rule)).toEqual(['1']);
    const early = { ...made, stamp: '0' };
    expect(backupsToRemove([early, ...found.slice(1)], early, rule)).toEqual(['1']);
    expect(backupsToRemove(found, made, { ...rule, kept: 1 })).toEqual(['3', '2', '1']);
  });

  it('are those of the same schema that no finished change is known by', () => {
    const found = [
      made,
      backup('failed', 'c', '8'),
      backup('used', 'c', '7'),
      backup('a', 'a', '1'),
    ];
    const rule = { kept: 3, named: new Set(['used']) };
    expect(backupsToRemove(found, made, rule)).toEqual(['failed']);
  });
});
