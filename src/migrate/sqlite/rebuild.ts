import { quoted } from '../../store/sqlite/identifier.ts';
import { type CatalogueIndex, named } from '../catalogue.ts';
import type { Scene, TableChange } from '../dialect.ts';
import type { Step } from '../plan-model.ts';
import { copiedColumns, rowNumberOf, writtenValue } from './copy.ts';
import { indexGates, tableGates } from './gates.ts';
import { freeName } from './scratch.ts';
import { tableTextOf } from './table-text.ts';
import { fold, mentions, tokensOf } from './tokens.ts';

/**
 * The one accepted way to give a table what cannot be altered in place: make the new one beside it,
 * copy, drop the old one, take its name. Foreign keys are off before the transaction begins, and no
 * view or trigger is there. (To rename the old one first would turn the keys of others to it.)
 */
export function rebuild(change: TableChange, scene: Scene): Step {
  const { live, wanted, dropped } = change;
  const beside = freeName(
    `new_${wanted.name}`,
    [scene.live, scene.renamed, scene.wanted].flatMap(({ tables, indexes, views }) =>
      [...tables, ...indexes, ...views].map(({ name }) => name),
    ),
  );
  const indexes = indexesOf(change, scene);
  return {
    kind: 'rebuild-table',
    object: wanted.name,
    class: dropped.length > 0 ? 'destructive' : 'rebuild',
    statements: [
      createText(change, beside),
      copyText(change, scene, beside),
      ...sequenceTexts(change, beside),
      `DROP TABLE ${quoted(live.name)}`,
      `ALTER TABLE ${quoted(beside)} RENAME TO ${quoted(wanted.name)}`,
      ...indexes.map(({ sql }) => sql),
    ],
    gates: [
      ...tableGates(change, scene),
      ...indexes
        .filter((one) => named(scene.renamed.indexes, one.name, fold)?.canon !== one.canon)
        .flatMap((one) => indexGates(one, scene)),
    ],
    rowsOf: live.name,
  };
}

/** The declared text under another name, with somebody else's columns after ours. */
function createText({ wanted, foreign }: TableChange, name: string): string {
  const { sql, columns, open, close } = tableTextOf(wanted.sql);
  const end = columns.at(-1)?.end ?? open;
  const extra = foreign.columns.map((column) => `,\n  ${column.sql}`).join('');
  const rules = foreign.constraints.map((constraint) => `\n  , ${constraint}`).join('');
  const head = `CREATE TABLE ${quoted(name)} (${sql.slice(open, end)}`;
  return `${head}${extra}${sql.slice(end, close).trimEnd()}${rules}\n${sql.slice(close)}`;
}

function copyText(change: TableChange, scene: Scene, name: string): string {
  const { live, wanted } = change;
  const copied = copiedColumns(change, scene).flatMap((one) => {
    const value = writtenValue(one);
    return value === null ? [] : [{ into: quoted(one.column.name), value }];
  });
  const number = rowNumberOf(change);
  const { rowKey } = wanted;
  const isCopied = rowKey !== null && copied.some(({ into }) => into === quoted(rowKey));
  if (number !== null && !isCopied) copied.unshift({ into: number, value: number });
  const into = copied.map((one) => one.into).join(', ');
  const values = copied.map((one) => one.value).join(', ');
  return `INSERT INTO ${quoted(name)} (${into}) SELECT ${values} FROM ${quoted(live.name)}`;
}

/** A number that was given out is not given out again, of a row that is gone neither. */
function sequenceTexts({ live, wanted }: TableChange, name: string): readonly string[] {
  const counts = ({ options }: TableChange['live']): boolean => options.includes('autoincrement');
  if (!counts(live) || !counts(wanted)) return [];
  const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
  return [
    `DELETE FROM sqlite_sequence WHERE name = ${text(name)}`,
    `INSERT INTO sqlite_sequence (name, seq) SELECT ${text(name)}, seq FROM sqlite_sequence ` +
      `WHERE name = ${text(live.name)}`,
  ];
}

/** Ours as declared; somebody else's from their own text, unless what they index goes. */
function indexesOf({ wanted, dropped }: TableChange, scene: Scene): readonly CatalogueIndex[] {
  const isHere = ({ table }: CatalogueIndex): boolean => fold(table) === fold(wanted.name);
  const ours = scene.wanted.indexes.filter(isHere);
  const theirs = scene.kept.indexes.filter(isHere).filter(({ sql }) => {
    const tokens = tokensOf(sql);
    return !dropped.some(({ name }) => mentions(tokens, name));
  });
  return [...ours, ...theirs];
}
