import {
  isNode,
  lineAt,
  type Node,
  nameOf,
  type Rule,
  type Source,
  type Violation,
  violation,
  walk,
} from './source.ts';

export const FILE_LINES_MAX = 400;
export const FUNCTION_LINES_MAX = 70;
export const LINE_COLUMNS_MAX = 100;

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** Files, functions and lines have a size at which they are still read in one go. */
export const sizes: Rule = (source) => [
  ...fileLines(source),
  ...functionLines(source),
  ...lineColumns(source),
];

function fileLines(source: Source): readonly Violation[] {
  const lines = source.text.split('\n').length - (source.text.endsWith('\n') ? 1 : 0);
  if (lines <= FILE_LINES_MAX) return [];
  const message = `${lines} lines, at most ${FILE_LINES_MAX}: split it by idea`;
  return [{ path: source.path, line: 1, message }];
}

function functionLines(source: Source): readonly Violation[] {
  const found: Violation[] = [];
  walk(source.tree, (node) => {
    if (!FUNCTIONS.has(node.type) || isSuite(node)) return;
    const lines = lineAt(source, node.end) - lineAt(source, node.start) + 1;
    if (lines <= FUNCTION_LINES_MAX) return;
    const message = `a function of ${lines} lines, at most ${FUNCTION_LINES_MAX}: split off leaves`;
    found.push(violation(source, node, message));
  });
  return found;
}

const LISTING = new Set(['describe', 'it', 'test']);

/** What declares tests is a list of them, not a thing that is followed step by step. */
function isSuite(node: Node): boolean {
  const body = isNode(node['body']) ? node['body']['body'] : undefined;
  if (!Array.isArray(body)) return false;
  return body.some((statement: Node) => LISTING.has(called(statement['expression'])));
}

/** `it` for `it(...)`, `it.each(...)(...)` and `it.skipIf(...)(...)` alike. */
function called(value: unknown): string {
  if (!isNode(value)) return '';
  if (value.type === 'CallExpression') return called(value['callee']);
  return value.type === 'MemberExpression' ? called(value['object']) : (nameOf(value) ?? '');
}

function lineColumns(source: Source): readonly Violation[] {
  return source.text.split('\n').flatMap((text, index) => {
    const fits = text.length <= LINE_COLUMNS_MAX || /https?:\/\//.test(text);
    const message = `${text.length} columns, at most ${LINE_COLUMNS_MAX}`;
    return fits ? [] : [{ path: source.path, line: index + 1, message }];
  });
}
