import { describe, expect, it } from 'vitest';
import { pause } from '../world/timers.ts';
import { simulate } from './simulation.ts';

const HOUR_MS = 3_600_000;

describe('simulated time', () => {
  it('passes only where something waits, and in the order of what it brings', async () => {
    const simulation = simulate();
    const { world } = simulation.startProcess();
    const seen: string[] = [];
    world.timers.after(300, () => seen.push('third'));
    world.timers.after(100, () => seen.push('first'));
    world.timers.after(100, () => seen.push('second'));
    world.timers.soon(() => seen.push('soon'));
    world.timers.after(400, () => seen.push('cleared')).clear();
    const before = world.clock.now();
    await simulation.run(200);
    expect(seen).toEqual(['soon', 'first', 'second']);
    expect(world.clock.now() - before).toBe(200);
    await simulation.run(24 * HOUR_MS);
    expect(seen).toEqual(['soon', 'first', 'second', 'third']);
  });

  it('lets every promise settle before it goes on', async () => {
    const simulation = simulate();
    const { world } = simulation.startProcess();
    let turns = 0;
    const work = async (): Promise<void> => {
      await pause(world.timers, 10);
      for (; turns < 500; turns += 1) await Promise.resolve();
    };
    void work();
    await simulation.runUntil(() => turns > 0);
    expect(turns).toBe(500);
    expect(simulation.elapsedMs).toBe(10);
  });

  it('takes a delay as Node does: whole, at least one, and none when it is too long', async () => {
    const simulation = simulate();
    const { world } = simulation.startProcess();
    const at: number[] = [];
    for (const delayMs of [0, 1.9, 2 ** 31]) {
      world.timers.after(delayMs, () => at.push(simulation.elapsedMs));
    }
    await simulation.run(5);
    expect(at).toEqual([1, 1, 1]);
  });

  it('says so when a condition never holds, and when no time passes at all', async () => {
    const simulation = simulate();
    const { world } = simulation.startProcess();
    const wait = simulation.runUntil(() => false, HOUR_MS);
    await expect(wait).rejects.toMatchObject({ code: 'deadline_exceeded' });
    const again = (): void => world.timers.soon(again);
    again();
    await expect(simulation.run(1)).rejects.toMatchObject({ code: 'bug' });
  });

  it('has clocks that jump apart; timers follow the monotonic one', async () => {
    const simulation = simulate();
    const { world } = simulation.startProcess();
    const { clock } = world;
    const before = { wall: clock.now(), monotonic: clock.monotonic() };
    let fired = 0;
    world.timers.after(HOUR_MS, () => {
      fired += 1;
    });
    simulation.jump({ wallMs: 8 * HOUR_MS });
    await simulation.run(1);
    expect(clock.now() - before.wall).toBe(8 * HOUR_MS + 1);
    expect(clock.monotonic() - before.monotonic).toBe(1);
    expect(fired).toBe(0);
    simulation.jump({ monotonicMs: HOUR_MS });
    await simulation.run(1);
    expect(fired).toBe(1);
    expect(clock.monotonic() - before.monotonic).toBe(HOUR_MS + 2);
  });

  it('repeats everything with the same seed: chance, ids, order', async () => {
    const play = async (seed: number): Promise<readonly unknown[]> => {
      const simulation = simulate({ seed });
      const { world } = simulation.startProcess();
      for (let one = 0; one < 20; one += 1) {
        world.timers.after(world.random.next() * 1_000, () => {
          simulation.note(`${world.ids.uuid()} ${world.random.next()}`);
        });
      }
      await simulation.run(1_000);
      return simulation.notes;
    };
    expect(await play(3)).toEqual(await play(3));
    expect(await play(3)).not.toEqual(await play(4));
  });
});

describe('a simulated process', () => {
  it('goes no further after it was killed, wherever it was', async () => {
    const simulation = simulate();
    const process = simulation.startProcess();
    const { files, timers, checkpoint } = process.world;
    const seen: string[] = [];
    const work = async (): Promise<void> => {
      await files.makeDirectory('/place');
      seen.push('made');
      await files.write('/place/one', '1');
      seen.push('written');
      checkpoint('after-commit');
      await files.write('/place/two', '2');
      seen.push('never');
    };
    timers.after(1_000, () => seen.push('never'));
    simulation.atPoints((point) => {
      if (point === 'checkpoint:after-commit') process.kill();
    });
    void work();
    await simulation.run(HOUR_MS);
    expect(seen).toEqual(['made', 'written']);
    expect(simulation.files.text('/place/two')).toBe(null);
    expect(simulation.world.processes.isAlive(process.identity)).toBe(false);
  });

  it('may die before a call has its effect, or after it and before the answer', async () => {
    for (const [phase, written] of [
      ['before', null],
      ['after', 'x'],
    ] as const) {
      const simulation = simulate();
      const process = simulation.startProcess();
      let answered = false;
      simulation.atPoints((point) => {
        if (point === `files.write:${phase}`) process.kill();
      });
      void process.world.files.write('/file', 'x').then(() => {
        answered = true;
      });
      await simulation.run(10);
      expect(simulation.files.text('/file')).toBe(written);
      expect(answered).toBe(false);
    }
  });

  it('stands still while it is stopped, and then does what came due meanwhile', async () => {
    const simulation = simulate();
    const process = simulation.startProcess();
    const seen: string[] = [];
    process.world.timers.after(100, () => seen.push('timer'));
    process.suspend();
    void process.world.files.write('/late', 'x').then(() => seen.push('written'));
    await simulation.run(HOUR_MS);
    expect(seen).toEqual([]);
    expect(simulation.files.text('/late')).toBe(null);
    process.resume();
    await simulation.run(1);
    expect(seen.toSorted()).toEqual(['timer', 'written']);
  });

  it('is another one after a reboot, also with the same pid', () => {
    const simulation = simulate();
    const before = simulation.startProcess();
    simulation.processes.reboot();
    const after = simulation.startProcess();
    expect(after.identity.pid).toBe(before.identity.pid - 1); // pids begin anew
    const { processes } = after.world;
    expect(before.isAlive).toBe(false);
    expect(processes.isAlive(before.identity)).toBe(false);
    expect(processes.isAlive({ ...after.identity, bootId: before.identity.bootId })).toBe(false);
    expect(processes.isAlive(after.identity)).toBe(true);
  });

  it('starts programs that do what their script says', async () => {
    const simulation = simulate({
      scriptOf: ({ argv }) =>
        argv[0] === 'missing' ? { fate: 'cannot-start' } : { takesMs: HOUR_MS, code: 4 },
    });
    const { processes } = simulation.startProcess().world;
    const start = (program: string) =>
      processes.startDetached({ argv: [program, 'mark'], cwd: '/', env: {} });
    const [one, two, none] = [start('one'), start('two'), start('missing')];
    expect(processes.find('mark').map(({ pid }) => pid)).toEqual([one.pid, two.pid]);
    processes.signalGroup(two.pid, 'SIGTERM');
    expect(await simulation.settle(two.ended)).toEqual({ code: null, signal: 'SIGTERM' });
    expect(await simulation.settle(one.ended)).toEqual({ code: 4, signal: null });
    expect((await none.ended).spawnError).toMatchObject({ code: 'ENOENT' });
    expect(simulation.elapsedMs).toBe(HOUR_MS);
    expect(processes.isGroupAlive(one.pid)).toBe(false);
  });
});
