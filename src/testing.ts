/**
 * Test your own runners and agents in simulated time: a week of retries passes in the time its work
 * takes, processes are killed at named points, and one seed replays everything.
 */
export { MemoryFiles } from './testing/memory-files.ts';
export type { ProgramScript } from './testing/program-script.ts';
export {
  type ProgramRun,
  ScriptedPrograms,
  type ScriptOf,
} from './testing/scripted-runner.ts';
export { createSeededRandom } from './testing/seeded-random.ts';
export { SimulatedProcess } from './testing/simulated-process.ts';
export {
  type Simulation,
  type SimulationNote,
  type SimulationOptions,
  simulate,
} from './testing/simulation.ts';
