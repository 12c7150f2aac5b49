import { appendFileSync } from 'node:fs';
import type { Checkpoint, World } from '../../src/world/world.ts';

/** What happens to a process of Pawl when it comes to a checkpoint for the nth time. */
export interface ChaosOrder {
  readonly at: Checkpoint;
  readonly nth: number;
  readonly signal: 'SIGKILL' | 'SIGSTOP';
}

/** What a process under chaos is told through its environment. */
export interface ChaosOrders {
  readonly orders: readonly ChaosOrder[];
  /** A line is added to this file right before an order is carried out. */
  readonly log: string;
}

export const CHAOS_VARIABLE = 'PAWL_TEST_CHAOS';

/** The world of `real`, in which each order is carried out on this very process, once. */
export function chaosWorld(real: World, { orders, log }: ChaosOrders): World {
  const reached = new Map<Checkpoint, number>();
  return {
    ...real,
    checkpoint: (name) => {
      const times = (reached.get(name) ?? 0) + 1;
      reached.set(name, times);
      for (const order of orders) {
        if (order.at !== name || order.nth !== times) continue;
        appendFileSync(log, `${order.signal} ${name} ${process.pid}\n`);
        // Takes effect before the call returns: a process's signal to itself does not wait.
        process.kill(process.pid, order.signal);
      }
    },
  };
}

export function readOrders(text: string | undefined): ChaosOrders {
  return text === undefined ? { orders: [], log: '/dev/null' } : (JSON.parse(text) as ChaosOrders);
}
