/**
 * Write your own runner or agent: the port that runs programs, how an agent is described, and the
 * runner that Pawl itself uses.
 */
export type { AgentDefinition, Allowance, ArgumentVector } from './agents/agent.ts';
export {
  type AttemptFacts,
  agentEnvironment,
  agentProgram,
  templateValues,
} from './agents/agent-program.ts';
export { createAttendedRunner } from './agents/attended-runner.ts';
export { AGENTS, agentNamed, locateAgent } from './agents/registry.ts';
export { type ReportedResult, readReportedResult } from './agents/result-file.ts';
export {
  type Adoption,
  type AdoptionLimits,
  OUTPUT_BYTES_MAX,
  type OutputChunk,
  type ProgramExit,
  type ProgramRunner,
  type ProgramSpec,
  type RunningProgram,
} from './agents/runner.ts';
export {
  fillArguments,
  fillTemplate,
  PLACEHOLDERS,
  type Placeholder,
  type TemplateValues,
} from './agents/template.ts';
