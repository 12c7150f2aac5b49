import { PawlError } from '../domain/errors.ts';
import type { AddListTask } from '../operations/add-list-task.ts';
import type { EditListTask } from '../operations/edit-list-task.ts';
import type { LoadOptions } from './load-options.ts';

/** What `pawl add` and `pawl edit` are told of a task. */
export interface ListEditOptions extends LoadOptions {
  readonly section?: string;
  readonly before?: string;
  readonly after?: string;
  readonly priority?: string;
  readonly depends?: string;
  readonly agent?: string;
  readonly verify?: string;
  readonly timeout?: string;
  readonly needs?: string;
  readonly onDepFailure?: string;
  readonly dryRun?: boolean;
}

export interface AddOptions extends ListEditOptions {
  readonly id?: string;
  readonly step?: readonly string[];
}

export interface EditOptions extends ListEditOptions {
  readonly text?: string;
  readonly addDepends?: string;
  readonly removeDepends?: string;
  /** An id cannot be changed: this is there to say why. */
  readonly id?: string;
}

export const LIST_EDIT_OPTIONS: readonly (readonly [flags: string, about: string])[] = [
  ['--section <name>', 'the section, by its heading or a part of it'],
  ['--before <id>', 'put it in front of this task'],
  ['--after <id>', 'put it behind this task'],
  ['--priority <priority>', 'P1 to P4, written as the list writes it'],
  ['--depends <ids>', 'the tasks it waits for, divided by commas'],
  ['--agent <name>', 'the agent that is to do it'],
  ['--verify <command>', 'the command that says whether it is done'],
  ['--timeout <duration>', 'longest duration of an attempt, such as 20m'],
  ['--needs <names>', 'what it needs, such as gpu, divided by commas'],
  ['--on-dep-failure <policy>', 'when a dependency does not complete: skip, fail or run'],
  ['--ignore-missing', 'a dependency may be a task that does not exist (yet)'],
  ['--dry-run', 'print the difference; change nothing'],
];

const SETTINGS = [
  'priority',
  'depends',
  'agent',
  'verify',
  'timeout',
  'needs',
  'onDepFailure',
] as const;

type Wish = EditListTask['wish'];

export function newTaskOf(text: string, options: AddOptions): AddListTask['task'] {
  const { id, step = [], ignoreMissing = false } = options;
  return {
    text,
    ...(id === undefined ? {} : { taskId: id }),
    place: placeOf(options),
    settings: settingsOf(options),
    steps: step,
    ignoreMissing,
  };
}

export function taskWishOf(taskId: string, options: EditOptions): Wish {
  const { text, addDepends, removeDepends, ignoreMissing = false } = options;
  const wish = {
    taskId,
    ...(text === undefined ? {} : { text }),
    ...(addDepends === undefined ? {} : { addDepends }),
    ...(removeDepends === undefined ? {} : { removeDepends }),
    settings: settingsOf(options),
    place: placeOf(options),
    ignoreMissing,
  };
  const nothing = [wish.settings, wish.place].every((part) => Object.keys(part).length === 0);
  if (nothing && text === undefined && addDepends === undefined && removeDepends === undefined) {
    throw new PawlError('usage', 'say what is to be changed, such as --priority P1');
  }
  return wish;
}

function placeOf({ section, before, after }: ListEditOptions): Wish['place'] {
  return {
    ...(section === undefined ? {} : { section }),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

/** `none` takes a value away. */
function settingsOf(options: ListEditOptions): Wish['settings'] {
  const given = SETTINGS.flatMap((key) => {
    const value = options[key]?.trim();
    return value === undefined ? [] : [[key, /^(?:none)?$/i.test(value) ? null : value] as const];
  });
  return Object.fromEntries(given);
}
