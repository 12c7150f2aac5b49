import fc from 'fast-check';
import { testDepth } from '../../../support/test-depth.ts';
import { anyCall, type FuzzCall, type FuzzedTool } from './any-call.ts';
import type { FuzzProject } from './fuzz-project.ts';
import { onTheWire } from './hostile-values.ts';
import { type FuzzReply, type Judged, judgeAnswer } from './judge-answer.ts';
import { judgeChanges } from './judge-changes.ts';
import { StateWatch } from './state-watch.ts';

/** A server under trial: frames in, replies out. */
export interface FuzzedServer {
  readonly tools: readonly FuzzedTool[];
  /** The text of `params`; answered with the reply to it. */
  call(params: string): Promise<FuzzReply>;
  /** What is wrong with it that no reply says. */
  complaints(): readonly string[];
  close(): Promise<void>;
}

/** How many calls came out how, over all trials. */
export interface FuzzTally {
  calls: number;
  accepted: number;
  readonly refused: Map<string, number>;
}

const ANSWER_WITHIN_MS = 15_000;

export interface Fuzzing {
  readonly calls: number;
  /** Most calls in one project. */
  readonly perTrial: number;
  readonly seed: number;
  readonly tools: readonly FuzzedTool[];
  readonly project: FuzzProject;
  readonly serve: (root: string) => FuzzedServer;
  /** Look for the shortest calls that do it, too. Default true. */
  readonly shrink?: boolean;
}

/** The same calls each time in a quick run; which ones are new in every full run. */
export const FUZZ_SEED = testDepth.pick({ reduced: 7_919, full: testDepth.seed });

/**
 * So many calls of any tool with any arguments, each project and server for some of them. One seed
 * replays them all.
 *
 * @throws Error with the shortest sequence of calls that breaks a rule.
 */
export async function fuzzTools(fuzzing: Fuzzing): Promise<FuzzTally> {
  const { calls, perTrial, seed, tools, project, serve, shrink = true } = fuzzing;
  const tally: FuzzTally = { calls: 0, accepted: 0, refused: new Map() };
  const any = fc.array(anyCall(tools), { minLength: 1, maxLength: perTrial, size: 'max' });
  let failedAtMs = Number.POSITIVE_INFINITY;
  const property = fc.asyncProperty(any, async (sequence) => {
    if (performance.now() > failedAtMs + SHRINKING_MS) return;
    project.begin();
    const trial = new FuzzTrial(project, serve(project.root));
    try {
      await trial.play(sequence, tally);
    } catch (error) {
      failedAtMs = Math.min(failedAtMs, performance.now());
      await trial.end().catch(() => undefined);
      throw error;
    }
    await trial.end();
  });
  for (let round = 0; tally.calls < calls; round += 1) {
    await fc.assert(property, { seed: seed + round, numRuns: 1, endOnFailure: !shrink });
  }
  return tally;
}

/** One project and one server, and the rules that every call of it must keep. */
export class FuzzTrial {
  readonly #project: FuzzProject;
  readonly #server: FuzzedServer;
  readonly #watch: StateWatch;

  constructor(project: FuzzProject, server: FuzzedServer) {
    this.#project = project;
    this.#server = server;
    this.#watch = new StateWatch(project.folder);
  }

  /** @throws Error that says which call broke which rule. */
  async play(calls: readonly FuzzCall[], tally: FuzzTally): Promise<void> {
    this.#watch.changes();
    for (const call of calls) await this.#one(call, tally);
  }

  /** After all: it still answers, said nothing beside, and its store is sound. */
  async end(): Promise<void> {
    const faults: string[] = [];
    try {
      const reply = await this.#server.call(onTheWire({ name: STATUS, arguments: {} }));
      const judged = judgeAnswer(reply);
      if (judged.kind !== 'accepted') faults.push(`it answers no more: ${JSON.stringify(judged)}`);
      faults.push(...this.#watch.damage());
    } finally {
      this.#watch.close();
      await this.#server.close();
    }
    faults.push(...this.#server.complaints(), ...(await this.#project.audit()));
    if (faults.length > 0) throw new Error(`at the end: ${faults.join('\n')}`);
  }

  /** A run would go on by itself, and change what no later call is to answer for. */
  async #still(called: string): Promise<void> {
    const tool = this.#server.tools.find(({ name }) => name === called);
    if (tool?.annotations?.openWorldHint !== true) return;
    await this.#watch.endRuns();
    this.#watch.changes();
  }

  async #one({ tool, args }: FuzzCall, tally: FuzzTally): Promise<void> {
    const { names } = this.#project;
    const params = onTheWire({ name: tool, arguments: names.resolve(args) });
    const begun = performance.now();
    const reply = await this.#server.call(params);
    const tookMs = performance.now() - begun;
    const judged = judgeAnswer(reply);
    const changes = this.#watch.changes();
    await this.#still(tool);
    tally.calls += 1;
    count(tally, judged);
    const asked = { tool, args: (JSON.parse(params) as { arguments: unknown }).arguments };
    const fault =
      judged.kind === 'fault'
        ? judged.what
        : ((tookMs > ANSWER_WITHIN_MS ? `answered after ${tookMs} ms` : null) ??
          judgeChanges({ asked, judged, changes, tools: this.#server.tools }));
    if (fault !== null) throw new Error(`${short(params)}\n${fault}\n${short(reply)}`);
    if (judged.kind === 'accepted') names.harvest(judged.answer);
  }
}

/** How long is looked for shorter calls that break the rule. */
const SHRINKING_MS = 60_000;
const STATUS = 'orchestrator_get_status';
const SHOWN_CHARS_MAX = 3_000;

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= SHOWN_CHARS_MAX ? text : `${text.slice(0, SHOWN_CHARS_MAX)}…`;
}

function count(tally: FuzzTally, judged: Judged): void {
  if (judged.kind === 'accepted') tally.accepted += 1;
  if (judged.kind !== 'refused') return;
  tally.refused.set(judged.code, (tally.refused.get(judged.code) ?? 0) + 1);
}
