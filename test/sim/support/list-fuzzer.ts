import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { isPawlError } from '../../../src/domain/errors.ts';
import { parseList } from '../../../src/listfile/grammar/parse-list.ts';
import { listFixtures, spoiltListAt } from './list-mutations.ts';

export interface FuzzOrder {
  readonly seed: number;
  readonly forMs: number;
  /** What is fuzzed; all but `pawl` are faulty on purpose. */
  readonly parser: keyof typeof PARSERS;
  /** One number: which input is being read. */
  readonly at: SharedArrayBuffer;
}

interface FuzzFault {
  readonly what: string;
  readonly input: Uint8Array;
}

export interface FuzzReport {
  readonly inputs: number;
  readonly bytes: number;
  readonly fault: FuzzFault | null;
}

/** Milliseconds of processor for a megabyte, and for what any input costs. */
const MS_PER_MB = 1_000;
const MS_FLOOR = 50;
/** So many times the limit is too slow on any machine. */
const BEYOND_DOUBT = 20;
/** Inputs after which the heap has its size, and between two looks at it. */
const WARM_UP = 300;
const LOOK_EVERY = 200;
/** For making a failing input smaller. */
const MINIMISE_MS = 5_000;
const HEAP_GROWTH_MAX = 48 * 1024 * 1024;

/** Work whose time tells how fast the machine is just now: others may share its processor. */
const SAME_WORK = new TextEncoder().encode('### A-1: a heading\n'.repeat(500));
const SAME_WORK_ROUNDS = 4;
let sameWorkMs = Number.POSITIVE_INFINITY;

const kept: unknown[] = [];
const PARSERS = {
  pawl: (bytes: Uint8Array): unknown => parseList(bytes),
  throwing: (bytes: Uint8Array): unknown => {
    if (new TextDecoder().decode(bytes).includes('🆔 a')) throw new TypeError('planted');
    return parseList(bytes);
  },
  quadratic: (bytes: Uint8Array): unknown => {
    const lines = bytes.filter((byte) => byte === 10).length;
    const until = threadMs() + (lines * lines) / 40;
    while (threadMs() < until);
    return parseList(bytes);
  },
  leaking: (bytes: Uint8Array): unknown => kept.push(new Array(40_000).fill(bytes.length)),
};

function fuzz({ seed, forMs, parser, at: shared }: FuzzOrder): FuzzReport {
  const fixtures = listFixtures();
  const parse = PARSERS[parser];
  const at = new Int32Array(shared);
  const until = performance.now() + forMs;
  let bytes = 0;
  let heap = Number.POSITIVE_INFINITY;
  for (let inputs = 0; ; inputs += 1) {
    if (performance.now() >= until) return { inputs, bytes, fault: null };
    Atomics.store(at, 0, inputs);
    const input = spoiltListAt(seed, inputs, fixtures);
    bytes += input.byteLength;
    const what = faultOf(parse, input);
    if (what !== null) return { inputs, bytes, fault: { what, input: smallest(parse, input) } };
    if (inputs < WARM_UP || inputs % LOOK_EVERY !== 0) continue;
    slowness();
    const now = heapAfterGc();
    heap = Math.min(heap, now);
    if (now > heap + HEAP_GROWTH_MAX) {
      const grown = `the heap grew from ${heap} to ${now} bytes in ${inputs} inputs`;
      return { inputs, bytes, fault: { what: grown, input } };
    }
  }
}

type Parse = (bytes: Uint8Array) => unknown;

/** What is wrong with reading this; a slow one is read again, on a machine as fast as ever. */
function faultOf(parse: Parse, input: Uint8Array): string | null {
  const limitMs = MS_FLOOR + (input.byteLength / 1_000_000) * MS_PER_MB;
  let fastest = Number.POSITIVE_INFINITY;
  for (let time = 0; time < 4; time += 1) {
    const began = threadMs();
    try {
      parse(input);
    } catch (error) {
      if (!isPawlError(error)) return `it threw ${error}`;
    }
    const took = threadMs() - began;
    if (took <= limitMs) return null;
    fastest = Math.min(fastest, took / slowness());
    if (fastest <= limitMs) return null;
    if (took > BEYOND_DOUBT * limitMs) break;
  }
  return `it took ${fastest.toFixed(0)} ms for ${input.byteLength} bytes`;
}

/** Halves, quarters ... of it are left out as long as what remains is at fault. */
function smallest(parse: Parse, input: Uint8Array): Uint8Array {
  let rest = input;
  const until = performance.now() + MINIMISE_MS;
  for (let size = rest.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < rest.length && performance.now() < until; ) {
      const less = new Uint8Array([...rest.subarray(0, at), ...rest.subarray(at + size)]);
      if (less.length > 0 && faultOf(parse, less) !== null) rest = less;
      else at += size;
    }
  }
  return rest;
}

/** How many times longer the same work takes now than at this thread's best moment. */
function slowness(): number {
  const began = threadMs();
  for (let round = 0; round < SAME_WORK_ROUNDS; round += 1) parseList(SAME_WORK);
  const took = threadMs() - began;
  sameWorkMs = Math.min(sameWorkMs, took);
  return took / sameWorkMs;
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

function heapAfterGc(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

parentPort?.postMessage(fuzz(workerData as FuzzOrder));
