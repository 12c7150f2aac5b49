import {
  isNode,
  type Node,
  nameOf,
  type Rule,
  type Source,
  type Violation,
  violation,
  walk,
} from './source.ts';

/** One thing that is not written, except where `within` says. */
export interface Ban {
  readonly name: string;
  /** Path prefixes of the files in which it stands. */
  readonly within: readonly string[];
  /** Says what to do instead. */
  readonly message: string;
  readonly matches: (node: Node, ancestors: readonly Node[]) => boolean;
  /** Tests beside the source are free of it. */
  readonly exceptTests?: true;
}

export function banning(bans: readonly Ban[]): Rule {
  return (source) => {
    const inForce = bans.filter((ban) => isInForce(ban, source));
    const found: Violation[] = [];
    walk(source.tree, (node, ancestors) => {
      for (const ban of inForce) {
        if (ban.matches(node, ancestors)) found.push(violation(source, node, ban.message));
      }
    });
    return found;
  };
}

function isInForce(ban: Ban, source: Source): boolean {
  if (ban.exceptTests === true && source.path.endsWith('.test.ts')) return false;
  return !ban.within.some((prefix) => source.path.startsWith(prefix));
}

/** `object.property`, also written `object['property']` or `globalThis.object.property`. */
export function isMember(node: Node, object: string, properties: readonly string[]): boolean {
  if (node.type !== 'MemberExpression') return false;
  const left = node['object'];
  const isObject =
    nameOf(left) === object || (isNode(left) && isMember(left, 'globalThis', [object]));
  return isObject && properties.includes(nameOf(node['property']) ?? '');
}

/** A use of a global by its bare name or through `globalThis`; not a property of that name. */
export function isGlobal(node: Node, names: readonly string[], parent: Node | undefined): boolean {
  if (isMember(node, 'globalThis', names)) return true;
  if (node.type !== 'Identifier' || !names.includes(String(node['name']))) return false;
  if (parent === undefined) return true;
  const isProperty = parent.type === 'MemberExpression' && parent['property'] === node;
  const isKey = parent['key'] === node && parent['shorthand'] !== true;
  const isDeclared = parent['id'] === node || parent.type.startsWith('TS');
  return !isProperty && !isKey && !isDeclared;
}

const TIMERS = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'];
const CHANCE = ['randomUUID', 'randomBytes', 'randomInt', 'getRandomValues'];

const isDateNow = (node: Node, ancestors: readonly Node[]): boolean => {
  if (isMember(node, 'Date', ['now'])) return true;
  if (
    isMember(node, 'performance', ['now', 'timeOrigin']) ||
    isMember(node, 'process', ['hrtime'])
  ) {
    return true;
  }
  const isDate = nameOf(node['callee']) === 'Date';
  const isBare = node.type === 'NewExpression' && (node['arguments'] as unknown[]).length === 0;
  return isDate && (isBare || node.type === 'CallExpression') && ancestors.length > 0;
};

const isEmptyFunction = (value: unknown): boolean => {
  if (!isNode(value) || !value.type.endsWith('FunctionExpression')) return false;
  const body = value['body'];
  if (!isNode(body)) return false;
  const isEmptyBlock = body.type === 'BlockStatement' && (body['body'] as unknown[]).length === 0;
  return isEmptyBlock || nameOf(body) === 'undefined' || nameOf(body) === 'null';
};

const isSwallow = (node: Node): boolean => {
  if (node.type === 'CatchClause') {
    return ((node['body'] as Node)['body'] as unknown[]).length === 0;
  }
  if (node.type !== 'CallExpression') return false;
  const callee = node['callee'];
  const isCatch = isNode(callee) && nameOf(callee['property']) === 'catch';
  return isCatch && (node['arguments'] as unknown[]).some(isEmptyFunction);
};

const mentions = (value: Node, name: string): boolean => {
  let found = false;
  walk(value, (node) => {
    found ||= node.type === 'Identifier' && node['name'] === name;
  });
  return found;
};

/** A new error made from a caught one, which it does not carry along. */
const isLostCause = (node: Node, ancestors: readonly Node[]): boolean => {
  const thrown = node.type === 'ThrowStatement' ? node['argument'] : undefined;
  if (!isNode(thrown) || thrown.type !== 'NewExpression') return false;
  const within = ancestors.findLast(
    (one) => one.type === 'CatchClause' || one.type.includes('Function'),
  );
  if (within?.type !== 'CatchClause') return false;
  const caught = nameOf(within['param']);
  return caught === undefined || !mentions(thrown, caught);
};

const BARE = ['Error', 'TypeError', 'RangeError', 'AggregateError'];

const isBareError = (node: Node): boolean => {
  if (node.type === 'ClassDeclaration') return BARE.includes(nameOf(node['superClass']) ?? '');
  const thrown = node.type === 'ThrowStatement' ? node['argument'] : undefined;
  return isNode(thrown) && BARE.includes(nameOf(thrown['callee']) ?? '');
};

const DIALECTS = /sqlite|postgres/i;
const BARE_LIMIT = /\bLIMIT \?(?! \+ 0\b)/;

const isTextWith = (node: Node, pattern: RegExp): boolean => {
  if (node.type === 'TemplateElement') return pattern.test(JSON.stringify(node['value']));
  return (
    node.type === 'Literal' && typeof node['value'] === 'string' && pattern.test(node['value'])
  );
};

const namesDialect = (node: Node): boolean =>
  node.type === 'Identifier' ? DIALECTS.test(String(node['name'])) : isTextWith(node, DIALECTS);

const isTopLevel = (ancestors: readonly Node[]): boolean => {
  const parent = ancestors.at(-1);
  if (parent?.type === 'ExportNamedDeclaration') return ancestors.length === 2;
  return parent?.type === 'Program';
};

const isDirective = (node: Node): boolean => typeof node['directive'] === 'string';

/** The house's bans: what is not written in `src/`, where it stands instead, and why. */
export const BANS: readonly Ban[] = [
  {
    name: 'the time of day',
    within: ['src/world/'],
    message: 'take the time from World: world.clock.now() or world.clock.monotonic()',
    matches: isDateNow,
  },
  {
    name: 'chance',
    within: ['src/world/'],
    message: 'take chance and ids from World: world.random, world.ids.uuid()',
    matches: (node, ancestors) =>
      isMember(node, 'Math', ['random']) ||
      isMember(node, 'crypto', CHANCE) ||
      isGlobal(node, CHANCE, ancestors.at(-1)),
  },
  {
    name: 'timers',
    within: ['src/world/'],
    message: 'take timers from World: world.timers.after() or .soon(), pause() to wait',
    matches: (node, ancestors) => isGlobal(node, TIMERS, ancestors.at(-1)),
  },
  {
    name: 'the environment',
    within: ['src/config/', 'src/world/'],
    message: 'the environment is read by config/ once: take the value from Config',
    matches: (node) => isMember(node, 'process', ['env']),
    exceptTests: true,
  },
  {
    name: 'console',
    within: ['src/cli/render/', 'src/observe/'],
    message: 'print through cli/render, log through observe',
    matches: (node, ancestors) => isGlobal(node, ['console'], ancestors.at(-1)),
  },
  {
    name: 'default exports',
    within: [],
    message: 'export by name, so that one thing has one name everywhere',
    matches: (node) => node.type === 'ExportDefaultDeclaration',
  },
  {
    name: 'export *',
    within: [],
    message: 'list the exported names: the public surface is then a diff',
    matches: (node) => node.type === 'ExportAllDeclaration',
  },
  {
    name: 'dialects',
    within: [
      'src/store/sqlite/',
      'src/store/postgres/',
      'src/migrate/sqlite/',
      // Files of other programs, whose format is that of one database.
      'src/migrate/postgres/',
      'src/importing/database/',
      'src/config/',
      'src/app/',
    ],
    message: "a dialect's name stands in its own folder, config/ and app/: ask a capability",
    matches: namesDialect,
    exceptTests: true,
  },
  {
    name: 'bare limits',
    within: [],
    message: 'bind a limit as `LIMIT ? + 0`: src/store/DESIGN.md says why',
    matches: (node) => isTextWith(node, BARE_LIMIT),
    exceptTests: true,
  },
  {
    name: 'swallowed errors',
    within: [],
    message: 'an error is given meaning, translated or retried, never swallowed',
    matches: isSwallow,
  },
  {
    name: 'lost causes',
    within: [],
    message: 'an error made from a caught one carries it: { cause }',
    matches: isLostCause,
  },
  {
    name: 'bare errors',
    within: ['src/domain/errors.ts', 'src/world/'],
    message: 'throw a PawlError: one code of the catalogue, details, cause',
    matches: (node) => isBareError(node),
    exceptTests: true,
  },
  {
    name: 'module state',
    within: [],
    message: 'no state at module level: make it the state of something with a lifetime',
    matches: (node, ancestors) =>
      node.type === 'VariableDeclaration' && node['kind'] !== 'const' && isTopLevel(ancestors),
  },
  {
    name: 'work at import',
    within: ['src/cli/main.ts', 'src/front/main.ts'],
    message: 'importing a module does no work: export a function and call it from an entry',
    matches: (node, ancestors) =>
      node.type === 'ExpressionStatement' && !isDirective(node) && isTopLevel(ancestors),
    exceptTests: true,
  },
];
