/** Something that will happen at a moment of simulated time. */
export interface SimulatedEvent {
  atMs: number;
  readonly happen: () => void;
  /** Events of one owner move together when its clock jumps. */
  readonly owner: string;
  cancelled: boolean;
}

interface Entry {
  readonly seq: number;
  readonly event: SimulatedEvent;
}

/** What is still to happen; of two things at the same moment, first what was added first. */
export class EventQueue {
  #heap: Entry[] = [];
  #seq = 0;

  get size(): number {
    return this.#heap.length;
  }

  add(atMs: number, owner: string, happen: () => void): SimulatedEvent {
    const event: SimulatedEvent = { atMs, owner, happen, cancelled: false };
    this.#seq += 1;
    this.#heap.push({ seq: this.#seq, event });
    this.#rise(this.#heap.length - 1);
    return event;
  }

  /** The next event that was not cancelled, left where it is. */
  peek(): SimulatedEvent | null {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (!first.event.cancelled) return first.event;
      this.#removeFirst();
    }
    return null;
  }

  take(): SimulatedEvent | null {
    const event = this.peek();
    if (event !== null) this.#removeFirst();
    return event;
  }

  /** Bring an owner's events nearer by `byMs`, but not before `earliestMs`. */
  bringForward(owner: string, byMs: number, earliestMs: number): void {
    const entries = this.#heap;
    this.#heap = [];
    for (const entry of entries) {
      const { event } = entry;
      if (event.owner === owner) event.atMs = Math.max(earliestMs, event.atMs - byMs);
      this.#heap.push(entry);
      this.#rise(this.#heap.length - 1);
    }
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink();
  }

  #rise(from: number): void {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(): void {
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.#heap.length && this.#isBefore(child, least)) least = child;
      }
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #isBefore(left: number, right: number): boolean {
    const a = this.#heap[left] as Entry;
    const b = this.#heap[right] as Entry;
    return a.event.atMs === b.event.atMs ? a.seq < b.seq : a.event.atMs < b.event.atMs;
  }

  #swap(left: number, right: number): void {
    const kept = this.#heap[left] as Entry;
    this.#heap[left] = this.#heap[right] as Entry;
    this.#heap[right] = kept;
  }
}
