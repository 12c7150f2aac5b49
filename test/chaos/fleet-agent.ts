import { readFileSync } from 'node:fs';
import { type AgentLine, readAgentLine } from './agents-log.ts';

/**
 * The agent of a fleet, as a shell script: it notes its start, whether another agent of its task is
 * alive at that moment, and its end, all in one file that every host shares; it works as long as
 * `pace` says. Given the folder that the hosts share.
 */
export const fleetAgent = (shared: string): string => `
cd ${shared} || exit 9
note() { echo "$1 $PAWL_TASK_ID $PAWL_ATTEMPT $PAWL_FENCE $$ \${2:-0}" >>agents.log; }
for pid in $(sed -n "s/^start $PAWL_TASK_ID [0-9]* [0-9]* \\([0-9]*\\) .*/\\1/p" agents.log); do
  tr '\\0' '\\n' 2>/dev/null <"/proc/$pid/environ" | grep -qx "PAWL_TASK_ID=$PAWL_TASK_ID" &&
    note beside "$pid"
done
note start
read -r seconds <pace
sleep "$seconds"
note end 0
`;

export interface FleetLog {
  readonly lines: readonly AgentLine[];
  /** Agents that began while another one of their task was alive. */
  readonly beside: readonly string[];
}

export function readFleetLog(path: string): FleetLog {
  const texts = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return {
    lines: texts.filter((line) => !line.startsWith('beside ')).map(readAgentLine),
    beside: texts.filter((line) => line.startsWith('beside ')),
  };
}
