import type { EntryShape } from './entry-shape.ts';
import type { SettingsFormat } from './settings-format.ts';

/** Whose settings: a person's, for every project, or one project's, which may be shared. */
export const SCOPES = ['user', 'project'] as const;

export type Scope = (typeof SCOPES)[number];

/** Where the settings of clients are looked for. Paths are absolute. */
export interface ClientPlace {
  readonly home: string;
  /** The project's root. */
  readonly root: string;
  /** `darwin`, or anything else for the places of Linux. */
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A settings file by the names that it may have: the first that exists, else the first. */
export type FileNames = readonly [string, ...string[]];

/** A program that can start MCP servers: where it reads them from, and how they are written. */
export interface Client {
  /** How it is called on the command line. */
  readonly id: string;
  readonly name: string;
  readonly format: SettingsFormat;
  /** The key under which its settings keep servers. */
  readonly container: string;
  readonly shape: EntryShape;
  /** Programs that show that it is installed. */
  readonly programs: readonly string[];
  /** Files or folders that show it. */
  signs(place: ClientPlace): readonly string[];
  /** Null: it has no such settings. */
  readonly files: Readonly<Record<Scope, ((place: ClientPlace) => readonly FileNames[]) | null>>;
  /** What a person has to do before it takes a new server into use. */
  readonly approval: Readonly<Record<Scope, string>>;
}
