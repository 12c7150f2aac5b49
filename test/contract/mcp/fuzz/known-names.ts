/** Ids, claims, cursors and the like that answers gave: what later calls can name. */
export class KnownNames {
  readonly #byKey = new Map<string, string[]>();

  add(key: string, ...names: readonly string[]): void {
    const known = this.#byKey.get(key) ?? [];
    for (const name of names) if (!known.includes(name)) known.push(name);
    this.#byKey.set(key, known.slice(-KEPT));
  }

  copy(): KnownNames {
    const copy = new KnownNames();
    for (const [key, names] of this.#byKey) copy.add(key, ...names);
    return copy;
  }

  /** Every text of an answer, under the key at which it stands. */
  harvest(answer: unknown, key = 'id'): void {
    if (typeof answer === 'string') {
      if (answer.length <= NAME_CHARS_MAX) this.add(key, answer);
    } else if (Array.isArray(answer)) {
      for (const one of answer.slice(0, KEPT)) this.harvest(one, key);
    } else if (typeof answer === 'object' && answer !== null) {
      for (const [name, one] of Object.entries(answer)) this.harvest(one, name);
    }
  }

  /** The same value with what it refers to; `reference` makes such texts. */
  resolve(value: unknown): unknown {
    if (typeof value === 'string') return this.#text(value);
    if (Array.isArray(value)) return value.map((one) => this.resolve(one));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, this.resolve(one)] as const),
    );
  }

  #text(text: string): string {
    return text.replaceAll(REFERENCE, (_, kind: string, n: string, form: Form) => {
      const known = (ALIKE[kind] ?? [kind]).flatMap((key) => this.#byKey.get(key) ?? []);
      const name = known.length === 0 ? `no_${kind}` : (known[Number(n) % known.length] as string);
      return FORMS[form](name);
    });
  }
}

const KEPT = 60;
const NAME_CHARS_MAX = 300;
const REFERENCE = /‹the ([a-z_]+) (\d+) (as_is|end|cut|upper|twisted|spaced)›/g;

const FORMS = {
  as_is: (name: string) => name,
  end: (name: string) => name.slice(-8),
  cut: (name: string) => name.slice(0, -1),
  upper: (name: string) => name.toUpperCase(),
  twisted: (name: string) => name.replace(/\d/, (digit) => String((Number(digit) + 1) % 10)),
  spaced: (name: string) => ` ${name}\n`,
} as const;

type Form = keyof typeof FORMS;

export const NAME_FORMS = Object.keys(FORMS) as readonly Form[];

/** Keys whose names may stand for each other. */
const ALIKE: Readonly<Record<string, readonly string[]>> = {
  target_task_id: ['parent_task_id'],
  dependencies: ['task_id'],
  list: ['list', 'path'],
  any: ['task_id', 'parent_task_id', 'claim', 'session_id', 'cursor', 'resource', 'list'],
};

/** A text that stands for the n-th known name of a kind. */
export function reference(kind: string, n: number, form: Form = 'as_is'): string {
  return `‹the ${kind} ${n} ${form}›`;
}
