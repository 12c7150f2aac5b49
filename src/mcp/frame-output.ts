import { Writable } from 'node:stream';

/** What some readers take for the end of a line, and JSON leaves in its strings. */
const LINE_ENDS = /[\u0085\u2028\u2029]/g;

/**
 * Where frames are written, one a line whatever reads them: line ends other than `\n` that stand in
 * a text are escaped, which is the same JSON. Node's `readline` and Python's `splitlines` would cut
 * a frame at one, and its call would never be answered.
 */
export function frameOutput(stdout: NodeJS.WritableStream): Writable {
  return new Writable({
    decodeStrings: false,
    write: (frame: string | Buffer, _encoding, done) => {
      stdout.write(frame.toString().replace(LINE_ENDS, escaped), done);
    },
  });
}

const escaped = (one: string): string =>
  JSON_ESCAPE + one.charCodeAt(0).toString(16).padStart(4, '0');

const JSON_ESCAPE = '\\u';
