import { posix } from 'node:path';
import { type Import, importsOf, type Rule, type Source, type Violation } from './source.ts';

/** What the files of one folder may import, besides each other. */
export interface Layer {
  /** Folders of `src/`. A trailing `*` marks one that may be imported for its types only. */
  readonly folders: readonly string[];
  /** Built-in modules, `node:` included; `*` for all of them. */
  readonly builtins: readonly string[];
  /** Packages of the registry. */
  readonly packages: readonly string[];
}

export type Layers = Readonly<Record<string, Layer>>;

/** The name of the layer for the files directly in `src/`: the public entries. */
export const ENTRIES = '(entries)';

/** The layer of a file below `src/`: the longest folder that the table names. */
export function layerOf(path: string, layers: Layers): string | undefined {
  const parts = path.split('/').slice(1, -1);
  if (parts.length === 0) return ENTRIES;
  for (let length = parts.length; length > 0; length -= 1) {
    const folder = parts.slice(0, length).join('/');
    if (folder in layers) return folder;
  }
  return undefined;
}

/** Holds every import of a source file to the table; its tests may use `forTests` too. */
export function layering(layers: Layers, forTests: Layer): Rule {
  return (source) => {
    const name = layerOf(source.path, layers);
    const layer = name === undefined ? undefined : layers[name];
    if (name === undefined || layer === undefined) {
      return [
        { path: source.path, line: 1, message: 'this folder has no row in the import table' },
      ];
    }
    const isTest = source.path.endsWith('.test.ts');
    const allowed = isTest ? merge(layer, forTests) : layer;
    return importsOf(source).flatMap((one) => {
      const message = refuse(source, one, { name, allowed, layers });
      return message === undefined ? [] : [{ path: source.path, line: one.line, message }];
    });
  };
}

function merge(left: Layer, right: Layer): Layer {
  return {
    folders: [...left.folders, ...right.folders],
    builtins: [...left.builtins, ...right.builtins],
    packages: [...left.packages, ...right.packages],
  };
}

interface Place {
  readonly name: string;
  readonly allowed: Layer;
  readonly layers: Layers;
}

function refuse(source: Source, one: Import, { name, allowed, layers }: Place): string | undefined {
  const { specifier } = one;
  if (specifier === '(computed)') return 'import() takes a written-out module, not a computed one';
  if (specifier.startsWith('node:')) {
    const fits = allowed.builtins.includes('*') || allowed.builtins.includes(specifier);
    return fits ? undefined : `${name} may not import ${specifier}: world/ does, and passes it in`;
  }
  if (!specifier.startsWith('.')) {
    const owner = packageOf(specifier);
    return allowed.packages.includes(owner) ? undefined : `${name} may not import ${owner}`;
  }
  const target = resolve(source.path, specifier);
  if (!target.startsWith('src/')) {
    const isSupport = source.path.endsWith('.test.ts') && target.startsWith('test/');
    return isSupport ? undefined : `${target} is outside src/`;
  }
  const other = layerOf(target, layers) ?? '(no row)';
  if (other === name || allowed.folders.includes(other)) return undefined;
  if (allowed.folders.includes(`${other}*`)) {
    return one.typeOnly ? undefined : `${name} may import ${other} for its types only`;
  }
  const has = allowed.folders.join(', ') || 'nothing';
  return `${name} may not import ${other} (${target}); it may import ${has}`;
}

function packageOf(specifier: string): string {
  const [first = '', second = ''] = specifier.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}

/** The file a relative import means, from the root of the repository. */
export function resolve(from: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(from), specifier));
}

/** Every cycle of the graph, found once each, as the chain of its members. */
export function cycles(graph: ReadonlyMap<string, readonly string[]>): readonly string[][] {
  const done = new Set<string>();
  const path: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): void => {
    const at = path.indexOf(node);
    if (at !== -1) found.push([...path.slice(at), node]);
    if (at !== -1 || done.has(node)) return;
    path.push(node);
    for (const next of graph.get(node) ?? []) visit(next);
    path.pop();
    done.add(node);
  };
  for (const node of graph.keys()) visit(node);
  return found;
}

/** No file may reach itself through imports, of types neither. */
export function fileCycles(sources: readonly Source[]): readonly Violation[] {
  const graph = new Map<string, readonly string[]>();
  for (const source of sources) {
    const relative = importsOf(source).filter((one) => one.specifier.startsWith('.'));
    graph.set(
      source.path,
      relative.map((one) => resolve(source.path, one.specifier)),
    );
  }
  return cycles(graph).map((chain) => ({
    path: chain[0] ?? '',
    line: 1,
    message: `files import each other: ${chain.join(' -> ')}`,
  }));
}

/** The table itself may have no cycle; then the code cannot have one. */
export function tableCycles(layers: Layers): readonly string[][] {
  const graph = new Map<string, readonly string[]>();
  for (const [name, layer] of Object.entries(layers)) {
    graph.set(
      name,
      layer.folders.map((folder) => folder.replace('*', '')),
    );
  }
  return cycles(graph);
}
