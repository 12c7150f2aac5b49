import { createAttendedRunner } from '../../../src/agents/attended-runner.ts';
import { runnerContract } from './runner-contract.ts';

runnerContract('the attended runner', createAttendedRunner);
