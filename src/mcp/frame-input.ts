import { Transform } from 'node:stream';
import { INVALID_REQUEST, isJSONRPCRequest } from '@modelcontextprotocol/server';

export interface FrameInput {
  /** Most bytes of one frame: a longer one is the transport's to refuse. */
  readonly bytesMax: number;
  /** Say to the client that a frame is refused; `frame` ends its line. */
  readonly refuse: (frame: string, reason: string) => void;
}

const LINE_END = 0x0a;

/**
 * Where frames are read, line by line. A request that breaks the rules of JSON-RPC (its `params`
 * are no object, or it is one of a batch) is answered here: the SDK drops it, and its client would
 * wait for ever. All else is handed on as it came.
 */
export function frameInput({ bytesMax, refuse }: FrameInput): Transform {
  let begun: Buffer[] = [];
  let bytes = 0;
  const take = (): Buffer => {
    const taken = Buffer.concat(begun);
    begun = [];
    bytes = 0;
    return taken;
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done): void {
      let from = 0;
      for (let end = chunk.indexOf(LINE_END); end !== -1; end = chunk.indexOf(LINE_END, from)) {
        begun.push(chunk.subarray(from, end + 1));
        from = end + 1;
        const line = take();
        const refusals = refusalsOf(line);
        if (refusals.length === 0) this.push(line);
        for (const { frame, reason } of refusals) refuse(frame, reason);
      }
      begun.push(chunk.subarray(from));
      bytes += chunk.length - from;
      if (bytes > bytesMax) this.push(take());
      done();
    },
    flush(done): void {
      done(null, take());
    },
  });
}

interface Refusal {
  readonly frame: string;
  readonly reason: string;
}

/** For each request of the line that nobody else would answer. */
function refusalsOf(line: Buffer): readonly Refusal[] {
  try {
    const read: unknown = JSON.parse(line.toString('utf8'));
    if (Array.isArray(read)) return read.flatMap((one) => refusalOf(one, 'batches are not taken'));
    return isJSONRPCRequest(read) ? [] : refusalOf(read, reasonFor(read));
  } catch {
    return []; // what is no JSON names nobody who waits
  }
}

function refusalOf(read: unknown, reason: string): readonly Refusal[] {
  if (!isRecord(read) || 'result' in read || 'error' in read) return [];
  const { id } = read;
  if (typeof id !== 'string' && typeof id !== 'number') return [];
  const error = { code: INVALID_REQUEST, message: `Invalid Request: ${reason}` };
  return [{ frame: `${JSON.stringify({ jsonrpc: '2.0', id, error })}\n`, reason }];
}

function reasonFor(read: unknown): string {
  if (!isRecord(read) || read['jsonrpc'] !== '2.0') return 'it is not of JSON-RPC 2.0';
  if (typeof read['method'] !== 'string') return '`method` must be a string';
  const { params } = read;
  if (params !== undefined && !isRecord(params)) return '`params` must be an object';
  return 'see the schema of JSONRPCRequest';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
