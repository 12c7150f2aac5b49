import { isNode, type Node, nameOf, type Source, walk } from '../tidy/source.ts';

const TESTS = new Set(['it', 'test']);
/** A test that is not run, or is known to fail, bears nothing. */
const BEARS_NOTHING = ['fails', 'skip', 'todo'];

/** The titles of the tests that a file really declares; text and comments do not count. */
export function testTitles(source: Source): ReadonlySet<string> {
  const titles = new Set<string>();
  walk(source.tree, (node) => {
    if (node.type !== 'CallExpression' || !TESTS.has(callee(node['callee']))) return;
    const [title] = node['arguments'] as readonly Node[];
    const text = title === undefined ? undefined : literal(title);
    if (text !== undefined) titles.add(text);
  });
  return titles;
}

/** `it`, `it.each(rows)`, `it.each(rows)('title')` are all calls of `it`. */
function callee(node: unknown): string {
  if (!isNode(node)) return '';
  if (node.type === 'CallExpression') return callee(node['callee']);
  if (node.type === 'MemberExpression') {
    return BEARS_NOTHING.includes(nameOf(node['property']) ?? '') ? '' : callee(node['object']);
  }
  return nameOf(node) ?? '';
}

function literal(node: Node): string | undefined {
  if (node.type === 'Literal' && typeof node['value'] === 'string') return node['value'];
  const parts = node.type === 'TemplateLiteral' ? (node['quasis'] as readonly Node[]) : [];
  const [only] = parts;
  if (only === undefined || parts.length > 1) return undefined;
  return (only['value'] as { readonly cooked: string }).cooked;
}
