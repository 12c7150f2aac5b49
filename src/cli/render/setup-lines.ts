import type { ClientSetup } from '../../operations/setup-client.ts';
import type { SetupClients } from '../../operations/setup-clients.ts';
import { paintDiff } from './list-edit-lines.ts';
import type { Paint } from './terminal.ts';

type Verb = 'check' | 'set' | 'remove';

/** What was done with clients' settings, or would be, for a person. */
export function setupLines(
  { done, failed, leftOut }: SetupClients,
  { verb, command }: { readonly verb: Verb; readonly command: string },
  paint: Paint,
): readonly string[] {
  return [
    ...done.flatMap((setup) => clientLines(setup, { verb, command }, paint)),
    ...failed.flatMap(({ name, error }) => [
      `${paint('bad', name)}: ${error.code}: ${error.message}`,
      paint('dim', `  ${error.rule.remedy}`),
    ]),
    ...(leftOut.length === 0 ? [] : ['', paint('strong', 'Left out:')]),
    ...leftOut.map(({ name, why }) => paint('dim', `  ${name}: ${why}`)),
  ];
}

function clientLines(
  setup: ClientSetup,
  { verb, command }: { readonly verb: Verb; readonly command: string },
  paint: Paint,
): readonly string[] {
  const { client, name, file, diff, backup, approval, changed, older, status, scope } = setup;
  const head = `${paint('strong', name)} (${file}): ${verdict(setup, verb)}`;
  const diffLines = diff === '' ? [] : diff.split('\n').map((line) => paintDiff(line, paint));
  const next = verb === 'set' && changed && approval !== '' ? [`  Next: ${approval}`] : [];
  const kept = backup === null ? [] : [paint('dim', `  The file as it was: ${backup}`)];
  const where = scope === 'project' ? ' --scope project' : '';
  const takeOver = older.map(
    (key) =>
      `  The older orchestrator stands there as \`${key}\`; to let Pawl take its place, under ` +
      `that name: ${command} setup ${client} --replace ${key}${where}`,
  );
  const hints = verb === 'remove' ? [] : takeOver;
  const fix =
    verb === 'check' && (status === 'absent' || status === 'differs')
      ? [paint('dim', `  ${command} setup ${client}${where} sets it up.`)]
      : [];
  return [head, ...diffLines, ...kept, ...next, ...hints, ...fix];
}

function verdict({ status, changed, key, launch }: ClientSetup, verb: Verb): string {
  const words =
    launch === null ? '' : `, as \`${key}\`: ${[launch.command, ...launch.args].join(' ')}`;
  if (verb === 'remove') return changed ? 'Pawl was taken out.' : 'nothing of Pawl in it.';
  if (changed) return `set up${words}`;
  switch (status) {
    case 'in-sync':
      return `in sync${words}`;
    case 'absent':
      return 'not set up';
    case 'differs':
      return `set up differently${words}`;
    case 'foreign':
      return `\`${key}\` is somebody else's entry${words}`;
  }
}
