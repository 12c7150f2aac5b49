/** A test that bears a promise: its file, and its title exactly as it is written there. */
export interface Proof {
  readonly file: string;
  readonly title: string;
}

/** What is still to come, each a piece of work that ends with its promises proved. */
export const CAPABILITIES = {
  mainJob: 'a list is worked through by agents, and nothing is lost',
  migration: 'the schema is brought up to date by itself',
  restart: 'the server is replaced and no client notices',
  plans: 'plans, breakdowns and tasks over MCP',
  manyMachines: 'one queue for many machines, on PostgreSQL',
  http: 'HTTP and the dashboard',
  importing: 'taking over the state of older orchestrators',
  insight: 'snapshots, priorities by hand, metrics and analytics',
} as const;

export type Capability = keyof typeof CAPABILITIES;

export type Standing =
  | { readonly kind: 'proved'; readonly proofs: readonly Proof[] }
  | {
      readonly kind: 'partly';
      readonly proofs: readonly Proof[];
      readonly until: Capability;
      /** What of the promise is still to come. */
      readonly open: string;
    }
  | { readonly kind: 'open'; readonly until: Capability };

/** One promise about behaviour, in its own words and in ours. */
export interface Requirement {
  readonly id: string;
  /** Quoted from the document that asked for it. */
  readonly phrase: string;
  readonly promise: string;
  readonly standing: Standing;
}

/** The tests of one file that bear a promise, by their titles. */
export function by(file: string, ...titles: readonly [string, ...string[]]): readonly Proof[] {
  return titles.map((title) => ({ file, title }));
}

export function proved(...proofs: readonly [readonly Proof[], ...(readonly Proof[])[]]): Standing {
  return { kind: 'proved', proofs: proofs.flat() };
}

/** Proved as far as it is served; the rest comes with the named capability. */
export function partly(
  rest: { readonly until: Capability; readonly open: string },
  ...proofs: readonly [readonly Proof[], ...(readonly Proof[])[]]
): Standing {
  return { kind: 'partly', proofs: proofs.flat(), ...rest };
}

/** Nobody has proved it yet; it comes with the named capability. */
export function open(until: Capability): Standing {
  return { kind: 'open', until };
}
