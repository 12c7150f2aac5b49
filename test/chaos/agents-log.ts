import { readFileSync } from 'node:fs';

/** One line that an agent wrote itself: what really happened, whatever Pawl believes. */
export interface AgentLine {
  readonly kind: 'start' | 'end';
  readonly taskId: string;
  readonly attempt: number;
  readonly fence: number;
  readonly pid: number;
  /** Of an end: the code it then exited with. */
  readonly code: number;
}

/**
 * The agent of all chaos tests, as a shell script: it notes its start, works as long as `pace`
 * says and, while there is a `gate`, until it gets hold of a ticket, fails where `fails/<task>`
 * asks for it (once), and notes its end. Each line is one short
 * write to a file opened for appending, so that lines of many agents stay whole and in order.
 */
export const AGENT_SCRIPT = `
note() { echo "$1 $PAWL_TASK_ID $PAWL_ATTEMPT $PAWL_FENCE $$ \${2:-0}" >>agents.log; }
note start
read -r seconds <pace
sleep "$seconds"
while [ -e gate ]; do
  for ticket in tickets/*; do
    [ -e "$ticket" ] && rm "$ticket" 2>/dev/null && break 2
  done
  sleep 0.1
done
if [ -e "fails/$PAWL_TASK_ID" ]; then
  rm "fails/$PAWL_TASK_ID"
  note end 1
  exit 1
fi
: >"done/$PAWL_TASK_ID"
note end 0
`;

export function readAgentsLog(path: string): readonly AgentLine[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map(readAgentLine);
}

export function readAgentLine(line: string): AgentLine {
  const [kind, taskId = '', attempt, fence, pid, code] = line.split(' ');
  if (kind !== 'start' && kind !== 'end') throw new Error(`not an agent's line: ${line}`);
  return {
    kind,
    taskId,
    attempt: Number(attempt),
    fence: Number(fence),
    pid: Number(pid),
    code: Number(code),
  };
}

/** Agents that ran although another one of their task did, or had done it: doubled effects. */
export function doubledEffects(lines: readonly AgentLine[]): readonly string[] {
  const damage: string[] = [];
  const running = new Map<string, AgentLine>();
  const succeeded = new Set<string>();
  const started = new Set<string>();
  for (const line of lines) {
    const { taskId, fence } = line;
    if (line.kind === 'end') {
      if (running.get(taskId)?.pid === line.pid) running.delete(taskId);
      if (line.code === 0) succeeded.add(taskId);
      continue;
    }
    const other = running.get(taskId);
    if (other !== undefined) {
      damage.push(`${taskId}: fence ${fence} started beside the agent of fence ${other.fence}`);
    }
    if (succeeded.has(taskId)) damage.push(`${taskId}: fence ${fence} started after a success`);
    if (started.has(`${taskId} ${fence}`)) damage.push(`${taskId}: fence ${fence} started twice`);
    started.add(`${taskId} ${fence}`);
    running.set(taskId, line);
  }
  return damage;
}

/** Agents that began before a task they depend on had succeeded. */
export function earlyStarts(
  lines: readonly AgentLine[],
  dependencies: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const succeeded = new Set<string>();
  const damage: string[] = [];
  for (const { kind, taskId, code } of lines) {
    if (kind === 'end') {
      if (code === 0) succeeded.add(taskId);
      continue;
    }
    for (const before of dependencies.get(taskId) ?? []) {
      if (!succeeded.has(before)) damage.push(`${taskId} started before ${before} had succeeded`);
    }
  }
  return damage;
}
