/** A call that is answered later, as it is kept. Moments in milliseconds UTC. */
export interface Handle {
  /** Unguessable; whoever has it may ask. */
  readonly handle: string;
  /** What goes on behind it. */
  readonly kind: string;
  readonly listId: string | null;
  /** The task's `id`. */
  readonly task: string | null;
  readonly fence: number | null;
  readonly inputJson: string | null;
  readonly state: HandleState;
  readonly resultJson: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly expiresAtMs: number;
}

/** In the words of the tasks extension of MCP. The last three are for good. */
export const HANDLE_STATES = [
  'working',
  'input_required',
  'completed',
  'failed',
  'cancelled',
] as const;

export type HandleState = (typeof HANDLE_STATES)[number];

export interface KeepHandle extends Omit<Handle, 'createdAtMs' | 'updatedAtMs' | 'expiresAtMs'> {
  /** How long it can be asked for, from its first writing on. */
  readonly keptMs: number;
}
