import {
  type Document,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from 'yaml';
import {
  ROLE_FIELDS,
  ROLE_FINDINGS,
  type RoleField,
  type RoleFinding,
  type RoleFindingCode,
  type RolePart,
  roleName,
} from './role.ts';

/** Limits on role files, by name. */
export const ROLE_LIMITS = {
  rolesPerFileMax: 200,
  textCharsMax: 8_000,
  itemsMax: 50,
  itemCharsMax: 1_000,
} as const;

export interface ParsedRoles {
  readonly parts: readonly RolePart[];
  readonly findings: readonly RoleFinding[];
}

/**
 * Read a role file: a YAML map of names to fields. Whatever is amiss is a finding with its line,
 * and never keeps the other roles, or the other fields of a role, from being read. Never throws.
 */
export function parseRoles(text: string, file: string): ParsedRoles {
  return new RoleReading(text, file).run();
}

const ALIASES_MAX = 100;

type Part = { readonly name: string } & { [F in RoleField]?: string | readonly string[] };

/** The node of a key, where the map itself has it; a merged one stands elsewhere. */
function keyOf(map: Node | null, written: string): Node | null {
  if (!isMap(map)) return null;
  const pair = map.items.find(({ key }) => isScalar(key) && String(key.value) === written);
  return isNode(pair?.key) ? pair.key : null;
}

/** Keys of the older orchestrator that say nothing of a role by themselves. */
const LEFT_OUT = ['specialist_roles'];

class RoleReading {
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly #findings: RoleFinding[] = [];
  readonly #parts = new Map<string, RolePart>();
  readonly #document: Document;

  constructor(text: string, file: string) {
    this.#file = file;
    this.#document = parseDocument(text, {
      ...{ lineCounter: this.#lines, prettyErrors: false, merge: true, uniqueKeys: false },
    });
  }

  run(): ParsedRoles {
    const document = this.#document;
    for (const { message, pos } of document.errors) {
      this.#find('role_file_invalid', this.#lineAt(pos[0]), firstLine(message));
    }
    const { contents } = document;
    if (isMap(contents)) {
      for (const pair of contents.items.slice(0, ROLE_LIMITS.rolesPerFileMax)) {
        this.#takeRole(pair as Pair<Node, Node | null>);
      }
      if (contents.items.length > ROLE_LIMITS.rolesPerFileMax) {
        const message = `more than ${ROLE_LIMITS.rolesPerFileMax} roles: the rest is left out`;
        this.#find('role_too_large', null, message);
      }
    } else if (!isNothing(contents) && document.errors.length === 0) {
      this.#find('role_file_invalid', 1, 'it is no map of roles');
    }
    return { parts: [...this.#parts.values()], findings: this.#findings };
  }

  #takeRole({ key, value }: Pair<Node, Node | null>): void {
    const line = this.#lineOf(key);
    const written = isScalar(key) ? String(key.value) : '';
    const name = roleName(written);
    if (name === null) {
      this.#find('role_name_invalid', line, `${shown(written)} is no name of a role`);
      return;
    }
    const data = value === null ? null : this.#dataOf(value);
    if (typeof data !== 'object' || data === null || Array.isArray(data)) {
      this.#find('role_field_invalid', line, `${name} is no map of fields`);
      return;
    }
    if (this.#parts.has(name)) {
      this.#find('role_twice', line, `${name} stands in this file before`);
      return;
    }
    const part: Part = { name };
    for (const [written, content] of Object.entries(data)) {
      const place = this.#lineOf(keyOf(value, written)) ?? line;
      this.#takeField(part, { written, content, line: place });
    }
    this.#parts.set(name, part as RolePart);
  }

  #takeField(
    part: Part,
    {
      written,
      content,
      line,
    }: { readonly written: string; readonly content: unknown; readonly line: number | null },
  ): void {
    if (LEFT_OUT.includes(written)) return;
    if (!Object.hasOwn(ROLE_FIELDS, written)) {
      this.#find('role_field_unknown', line, `${part.name}: ${shown(written)} is no field`);
      return;
    }
    const field = ROLE_FIELDS[written as keyof typeof ROLE_FIELDS];
    const isList = field === 'expertise' || field === 'approach';
    const taken = isList ? textsOf(content) : textOf(content);
    if (taken === null) {
      const wanted = isList ? 'a list of texts' : 'a text';
      this.#find('role_field_invalid', line, `${part.name}: ${written} is not ${wanted}`);
      return;
    }
    const kept = typeof taken === 'string' ? clipText(taken) : clipTexts(taken);
    if (kept.clipped) {
      this.#find('role_too_large', line, `${part.name}: ${written} is longer than it may be`);
    }
    part[field] = kept.value;
  }

  /** What an alias to nothing, or one to too much, stands for is nothing. */
  #dataOf(node: Node): unknown {
    try {
      return node.toJS(this.#document, { maxAliasCount: ALIASES_MAX });
    } catch (error) {
      const message = error instanceof Error ? firstLine(error.message) : String(error);
      this.#find('role_file_invalid', this.#lineOf(node), message);
      return null;
    }
  }

  #find(code: RoleFindingCode, line: number | null, message: string): void {
    const severity = code === 'role_field_unknown' ? 'info' : 'warning';
    const remedy = ROLE_FINDINGS[code];
    this.#findings.push({ code, severity, file: this.#file, line, message, remedy });
  }

  #lineOf(node: Node | null): number | null {
    const at = node?.range?.[0];
    return at === undefined ? null : this.#lineAt(at);
  }

  #lineAt(offset: number): number {
    return Math.max(1, this.#lines.linePos(offset).line);
  }
}

/** A file with comments alone, or with the start of a document alone. */
function isNothing(contents: unknown): boolean {
  return contents === null || (isScalar(contents) && contents.value === null);
}

function textOf(data: unknown): string | null {
  return typeof data === 'string' || typeof data === 'number' ? String(data).trim() : null;
}

/** A text of several lines is a list, too, as people write them. */
function textsOf(data: unknown): readonly string[] | null {
  if (typeof data === 'string') {
    const lines = data.split(/\r?\n/).map((line) => line.trim().replace(/^[-*]\s+/, ''));
    return lines.filter((line) => line !== '');
  }
  if (!Array.isArray(data)) return null;
  const texts = data.map(textOf);
  return texts.every((one) => one !== null) ? texts.filter((one) => one !== '') : null;
}

interface Clipped<T> {
  readonly value: T;
  readonly clipped: boolean;
}

function clipText(text: string): Clipped<string> {
  const { textCharsMax } = ROLE_LIMITS;
  return { value: text.slice(0, textCharsMax), clipped: text.length > textCharsMax };
}

function clipTexts(texts: readonly string[]): Clipped<readonly string[]> {
  const { itemsMax, itemCharsMax } = ROLE_LIMITS;
  const value = texts.slice(0, itemsMax).map((text) => text.slice(0, itemCharsMax));
  const isLong = texts.some((text) => text.length > itemCharsMax);
  return { value, clipped: isLong || texts.length > itemsMax };
}

const SHOWN_CHARS_MAX = 60;

function shown(text: string): string {
  return JSON.stringify(text.slice(0, SHOWN_CHARS_MAX));
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
