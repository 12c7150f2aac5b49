import type { Rule } from './source.ts';

const HOMELESS = /^(utils?|helpers?|commons?|misc|managers?|services?|types)$/;
const FILE = /^[a-z0-9]+(-[a-z0-9]+)*(\.test)?(\.d)?\.ts$/;
const FOLDER = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Files and folders are kebab-case nouns and verbs of the trade. */
export const names: Rule = ({ path }) => {
  const folders = path.split('/');
  const file = folders.pop() ?? '';
  const messages = [
    ...(FILE.test(file) ? [] : [`${file} is not kebab-case`]),
    ...folders.filter((name) => !FOLDER.test(name)).map((name) => `${name} is not kebab-case`),
    ...[...folders, file.split('.')[0] ?? '']
      .filter((name) => HOMELESS.test(name))
      .map((name) => `"${name}" names no idea: a homeless function lacks a concept, name it`),
  ];
  return messages.map((message) => ({ path, line: 1, message }));
};
