import { describe, expect, it } from 'vitest';
import { removeJsonc, setJsonc } from './jsonc-edit.ts';

const set = (text: string): string => setJsonc(text, ['servers', 'pawl'], { command: 'p' });
const remove = (text: string): string => removeJsonc(text, ['servers', 'pawl']);

describe('an entry is written', () => {
  it('on lines of its own, behind the comment of its neighbour', () => {
    const before = '{\n\t"servers": {\n\t\t"a": {} // mine\n\t}\n}\n';
    const after =
      '{\n\t"servers": {\n\t\t"a": {}, // mine\n' +
      '\t\t"pawl": {\n\t\t\t"command": "p"\n\t\t}\n\t}\n}\n';
    expect(set(before)).toBe(after);
    expect(remove(after)).toBe(before);
  });

  it('with a comma behind it where its neighbour has one', () => {
    const before = '{\r\n  "servers": {\r\n    "a": {},\r\n  },\r\n}\r\n';
    expect(set(before)).toBe(
      '{\r\n  "servers": {\r\n    "a": {},\r\n    "pawl": {\r\n      "command": "p"\r\n    },' +
        '\r\n  },\r\n}\r\n',
    );
    expect(remove(set(before))).toBe(before);
  });

  it('on the line of its neighbours where they share one', () => {
    const before = '{"servers": {"a": {}}, "b": 1}';
    expect(set(before)).toBe('{"servers": {"a": {}, "pawl": {"command":"p"}}, "b": 1}');
    expect(remove(set(before))).toBe(before);
  });

  it('into an object that holds nothing but a comment, and into an empty file', () => {
    expect(set('{\n  "servers": {\n    // none yet\n  }\n}')).toBe(
      '{\n  "servers": {\n    // none yet\n    "pawl": {\n      "command": "p"\n    }\n  }\n}',
    );
    expect(set('// settings')).toBe(
      '// settings\n{\n  "servers": {\n    "pawl": {\n      "command": "p"\n    }\n  }\n}\n',
    );
  });

  it('into the container that was there, though others have its name deeper down', () => {
    const before = '{"x": {"servers": {}}, "servers": {}}';
    expect(JSON.parse(set(before))).toEqual({
      x: { servers: {} },
      servers: { pawl: { command: 'p' } },
    });
  });
});

describe('an entry is taken away', () => {
  it('from between others, with its own comma only', () => {
    expect(remove('{"servers": {"a": 1, "pawl": {}, "b": 2}}')).toBe(
      '{"servers": {"a": 1, "b": 2}}',
    );
    expect(remove('{\n"servers": {\n  "pawl": {}, // ours?\n  "b": 2\n}}')).toBe(
      '{\n"servers": {\n  // ours?\n  "b": 2\n}}',
    );
  });

  it('and leaves the comment of the one before it', () => {
    expect(remove('{\n"servers": {\n  "a": 1, // keep\n  "pawl": {}\n}}')).toBe(
      '{\n"servers": {\n  "a": 1 // keep\n}}',
    );
  });

  it('not at all when it is not there', () => {
    for (const text of ['{}', '', '{"servers": {}}', '{"servers": 3}']) {
      expect(removeJsonc(text, ['servers', 'pawl'])).toBe(text);
    }
  });
});
