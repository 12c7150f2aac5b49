import { configureGlobal } from 'fast-check';
import { testDepth } from './test-depth.ts';

// Every property of a run draws from the run's one seed, which the summary prints.
configureGlobal({ seed: testDepth.seed, numRuns: testDepth.full ? 1_000 : 100 });
