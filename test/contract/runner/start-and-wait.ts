import { createAttendedRunner } from '../../../src/agents/attended-runner.ts';
import type { ProgramSpec } from '../../../src/agents/runner.ts';
import { createRealWorld } from '../../../src/world/real-world.ts';

/** A process of its own that starts a program, says so, and is then killed by the test. */
const spec = JSON.parse(process.argv[2] ?? '') as ProgramSpec;
const program = await createAttendedRunner(createRealWorld()).start(spec);
process.stdout.write(`${program.attendant.pid}\n`);
await program.exited;
