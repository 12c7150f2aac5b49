import { readDuration } from '../../domain/duration.ts';
import { DEFAULT_PRIORITY, type Priority, readPriority } from '../../domain/priority.ts';
import { ON_DEP_FAILURE, type OnDepFailure } from '../../domain/status.ts';
import { type IdFinder, readDependencies } from '../../domain/tasklist/dependency-text.ts';
import { finding } from '../../domain/tasklist/findings.ts';
import type { Finding, FindingCode, ListMark, ListTask } from '../../domain/tasklist/model.ts';
import { withoutMarkup } from '../../domain/tasklist/task-id.ts';
import type { ClauseKey } from './clauses.ts';
import { commandWords, isSentence } from './command-words.ts';
import type { NamedTask } from './name-tasks.ts';
import type { Setting } from './raw-task.ts';

/** Read a task's settings, now that all ids of the list are known. */
export function listTask(
  named: NamedTask,
  position: number,
  existing: IdFinder,
  findings: Finding[],
): ListTask {
  const { raw, taskId, steps } = named;
  const settings = new SettingReader(named, existing, findings);
  if (raw.description === '') {
    const place = { line: raw.line, column: raw.column, length: raw.length, taskId };
    findings.push(finding('description_missing', place, `\`${taskId}\` has no text`));
  }
  return {
    taskId,
    explicitId: named.explicitId,
    description: raw.description,
    section: raw.section.title,
    priority: settings.priority(),
    mark: markFrom(named),
    dependencies: settings.dependencies(),
    position,
    line: raw.markLine ?? raw.line,
    steps: steps.map((step) => step.text),
    criteria: [...named.criteria, ...settings.verifyCriteria()],
    agent: settings.text('agent'),
    verify: settings.verify(),
    timeoutMs: settings.timeoutMs(),
    needs: settings.needs(),
    onDepFailure: settings.onDepFailure(),
    fields: raw.fields,
  };
}

/** Where a table has no status, steps that are all ticked are the only word on it. */
function markFrom({ raw, steps }: NamedTask): ListMark {
  const done = raw.mark === 'none' && steps.length > 0 && steps.every((step) => step.done);
  return done ? 'completed' : raw.mark;
}

class SettingReader {
  private readonly named: NamedTask;
  private readonly existing: IdFinder;
  private readonly findings: Finding[];

  constructor(named: NamedTask, existing: IdFinder, findings: Finding[]) {
    this.named = named;
    this.existing = existing;
    this.findings = findings;
  }

  priority(): Priority {
    const setting = this.first('priority');
    if (setting === null) return DEFAULT_PRIORITY;
    const written = withoutMarkup(setting.value);
    const whole = readPriority(written);
    if (whole.reading === 'exact') return whole.priority;
    // `🔴 High`, `P1 (critical)`: the first word that is one.
    const words = [written, ...written.slice(0, 100).split(/[^\p{L}\p{N}]+/u)];
    const readings = words.map((word) => readPriority(word));
    const reading = readings.find((candidate) => candidate.reading !== 'guessed');
    if (reading === undefined) {
      this.note('priority_guessed', setting, `\`${written}\` is no priority; P2 is assumed`);
      return DEFAULT_PRIORITY;
    }
    if (reading.reading === 'p0') this.note('priority_p0', setting, 'P0 is read as P1');
    return reading.priority;
  }

  dependencies(): readonly string[] {
    const { taskId } = this.named;
    const ids = new Set<string>();
    const needed = this.all('needs').filter((setting) => this.namesTasks(setting));
    for (const setting of [...this.all('depends'), ...needed]) {
      const reading = readDependencies(setting.value, this.existing);
      for (const id of reading.ids) ids.add(id);
      for (const id of reading.dangling) {
        this.note('dangling_dependency', setting, `\`${id}\` is no task of this list`);
      }
      for (const text of reading.freeText) {
        const message = `\`${text}\` is more than ids; only ids are dependencies`;
        this.note('free_text_dependency', setting, message);
      }
      if (reading.ids.includes(taskId)) {
        this.note('dependency_on_self', setting, `\`${taskId}\` cannot wait for itself`);
      }
    }
    ids.delete(taskId);
    return [...ids];
  }

  text(key: 'agent'): string | null {
    const setting = this.first(key);
    return setting === null ? null : withoutMarkup(setting.value);
  }

  timeoutMs(): number | null {
    const setting = this.first('timeout');
    if (setting === null) return null;
    const ms = readDuration(withoutMarkup(setting.value));
    if (ms === null || ms <= 0) {
      this.note('clause_invalid', setting, `\`${setting.value}\` is no duration, as 20m is`);
      return null;
    }
    return ms;
  }

  verify(): readonly string[] | null {
    const setting = this.first('verify');
    const command = setting === null ? '' : verification(setting).command;
    if (setting === null || command === '') return null;
    const reading = commandWords(command);
    if (reading.ok) return reading.words.length === 0 ? null : reading.words;
    // Blocks of YAML are written with lines for a shell in mind, those who write clauses choose.
    if (setting.yaml) {
      this.note('verify_in_shell', setting, `\`${command}\` needs a shell, and is given to one`);
      return ['sh', '-c', command];
    }
    const message = `only a shell understands \`${command}\`, and Pawl starts none`;
    this.note('verify_shell_operator', setting, message, `Write: ${reading.remedy}`);
    return null;
  }

  /** What verifies a task may be said in words. A second value has its finding already. */
  verifyCriteria(): readonly string[] {
    const [setting] = this.all('verify');
    return setting === undefined ? [] : verification(setting).criteria;
  }

  needs(): readonly string[] {
    const written = this.all('needs').filter((setting) => !this.namesTasks(setting));
    return [...new Set(written.flatMap(namesIn))];
  }

  /** `Needs: A-1, A-2` are tasks to wait for; `Needs: gpu` is what the agent must have. */
  private namesTasks(setting: Setting): boolean {
    const names = namesIn(setting);
    return names.length > 0 && names.every((name) => this.existing.find(name) !== null);
  }

  onDepFailure(): OnDepFailure | null {
    const setting = this.first('onDepFailure');
    if (setting === null) return null;
    const word = withoutMarkup(setting.value).toLowerCase();
    const known = ON_DEP_FAILURE.find((value) => value === word);
    if (known === undefined) {
      const message = `\`${setting.value}\` is none of ${ON_DEP_FAILURE.join(', ')}`;
      this.note('clause_invalid', setting, message);
    }
    return known ?? null;
  }

  private first(key: ClauseKey): Setting | null {
    const [first, second] = this.all(key);
    if (second !== undefined) {
      this.note('clause_invalid', second, `${key} is set twice; the first one counts`);
    }
    return first ?? null;
  }

  private all(key: ClauseKey): readonly Setting[] {
    return this.named.raw.settings.filter((setting) => setting.key === key);
  }

  private note(code: FindingCode, setting: Setting, message: string, remedy?: string): void {
    const { line, column, length } = setting;
    const place = { line, column, length, taskId: this.named.taskId };
    this.findings.push(finding(code, place, message, remedy));
  }
}

function namesIn(setting: Setting): readonly string[] {
  return setting.value
    .split(',')
    .map((name) => withoutMarkup(name))
    .filter((name) => name !== '');
}

/** `npm test`, a code span, a code span with words behind it, or only words. */
function verification(setting: Setting): {
  readonly command: string;
  readonly criteria: readonly string[];
} {
  const { value } = setting;
  const span = /^(`+)([^`]+)\1(.*)$/s.exec(value);
  if (span?.[3] === '') return { command: span[2]?.trim() ?? '', criteria: [] };
  if (setting.yaml) return { command: value, criteria: [] };
  if (span !== null && !value.includes('`', value.length - (span[3]?.length ?? 0))) {
    return { command: span[2]?.trim() ?? '', criteria: [value] };
  }
  return isSentence(value) ? { command: '', criteria: [value] } : { command: value, criteria: [] };
}
