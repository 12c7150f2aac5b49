import { parseAst } from 'vitest/node';

/** A node of the syntax tree (ESTree with TypeScript's additions). */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** One file of TypeScript, parsed; `path` is relative to the repository, with `/`. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly tree: Node;
}

/** Something in an `import`, an `export ... from`, an `import()` or an `import('x').Type`. */
export interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
  readonly line: number;
}

/** What a rule has to say about one line. */
export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

export type Rule = (source: Source) => readonly Violation[];

/** @throws an error naming the file when it is not TypeScript. */
export function parse(path: string, text: string): Source {
  try {
    return { path, text, tree: parseAst(text, { lang: 'ts' }) as unknown as Node };
  } catch (cause) {
    throw new Error(`${path} cannot be parsed`, { cause });
  }
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** Visits every node, parents first, with the chain of its ancestors (nearest last). */
export function walk(
  node: Node,
  visit: (node: Node, ancestors: readonly Node[]) => void,
  ancestors: readonly Node[] = [],
): void {
  visit(node, ancestors);
  const below = [...ancestors, node];
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) walk(child, visit, below);
    }
  }
}

export function lineAt(source: Source, offset: number): number {
  let line = 1;
  for (let at = source.text.indexOf('\n'); at !== -1 && at < offset; line += 1) {
    at = source.text.indexOf('\n', at + 1);
  }
  return line;
}

export function nameOf(value: unknown): string | undefined {
  if (!isNode(value)) return undefined;
  if (value.type === 'Identifier' || value.type === 'PrivateIdentifier') {
    return String(value['name']);
  }
  return value.type === 'Literal' ? String(value['value']) : undefined;
}

export function violation(source: Source, node: Node, message: string): Violation {
  return { path: source.path, line: lineAt(source, node.start), message };
}

const IMPORTING = new Set([
  'ImportDeclaration',
  'ExportAllDeclaration',
  'ExportNamedDeclaration',
  'ImportExpression',
  'TSImportType',
]);

export function importsOf(source: Source): readonly Import[] {
  const found: Import[] = [];
  walk(source.tree, (node) => {
    if (!IMPORTING.has(node.type)) return;
    const from =
      node.type === 'TSImportType' ? (node['argument'] ?? node['source']) : node['source'];
    const literal = isNode(from) && from.type === 'TSLiteralType' ? from['literal'] : from;
    if (!isNode(literal)) return;
    const specifier = literal.type === 'Literal' ? String(literal['value']) : '(computed)';
    found.push({ specifier, typeOnly: isTypeOnly(node), line: lineAt(source, node.start) });
  });
  return found;
}

function isTypeOnly(node: Node): boolean {
  return (
    node.type === 'TSImportType' || node['importKind'] === 'type' || node['exportKind'] === 'type'
  );
}
