import { IN } from './proof-files.ts';
import { by, open, partly, proved, type Requirement } from './requirement.ts';

/** What Pawl promises by itself, each with the number it is quoted by. */
export const GUARANTEES: readonly Requirement[] = [
  {
    id: 'G1',
    phrase: 'G1',
    promise: 'What was acknowledged survives `kill -9` of every process, and power loss.',
    standing: proved(
      by(IN.storeKilled, 'loses nothing that was acknowledged, and leaves nothing half done'),
      by(IN.kill, 'a list is completed, each task once, whatever moment its run is killed at'),
      by(
        IN.sqliteFaults,
        'nothing reported as failed is durable, nothing acknowledged is lost: %s, once',
      ),
      by(IN.sqliteFile, 'keeps the safe settings'),
      by(
        IN.sqlitePowerCut,
        'what was answered is there, whatever else was under way',
        'it would not be, were it answered before the flush has ended',
        'what an answer rests on is there, too, though another process wrote it',
      ),
      by(
        IN.artifactKilled,
        'leaves what was acknowledged, no range twice, and the right hash in the end',
        '(negative control) doubles a range when it does not say where its bytes belong',
      ),
      by(
        IN.artifactModel,
        'agree after every range that is sent, repeated, invented, or dies on its way',
      ),
      by(
        IN.artifactsTended,
        'goes on after a crash at every step of completing, without a trace',
        'loses nothing to one that stores the same content at this very moment',
        '(negative control) would lose it without the second look',
      ),
    ),
  },
  {
    id: 'G2',
    phrase: 'G2',
    promise: 'A task runs at least once; exactly one outcome is ever accepted.',
    standing: proved(
      by(
        IN.transition,
        'accept exactly one outcome for a fence, and none with another fence or term',
      ),
      by(IN.attempts, 'of two outcomes for one fence exactly the first is accepted'),
      by(IN.storeModel, 'agree after every step of any sequence of verbs by several holders'),
      by(IN.kill, 'a list is completed, each task once, whatever moment its run is killed at'),
    ),
  },
  {
    id: 'G3',
    phrase: 'G3',
    promise: 'A stale holder can change nothing; its late result is kept as an event.',
    standing: proved(
      by(
        IN.attempts,
        'a stale fence finishes nothing; its result is kept as one event, however often it is told',
        'adoption raises the term and keeps the fence; the former holder can do nothing more',
      ),
      by(IN.artifacts, 'a stale holder opens, extends, seals and completes nothing'),
      by(IN.artifactsWork, 'of a stale holder are neither written nor kept'),
      by(
        IN.stop,
        'cannot end an attempt that another watches over by now',
        'cannot end an attempt that was begun after its own',
        'without the term a stopped holder ends what another watches over',
        'without the fence an old result ends a new attempt: a task runs twice at once',
      ),
    ),
  },
  {
    id: 'G4',
    phrase: 'G4',
    promise: "A dead holder's task is claimable within lease and sweep; a living agent is adopted.",
    standing: proved(
      by(
        IN.simRescue,
        'adopts an agent that lives, with no pause for its lease',
        'loses its tasks to another, who watches its agents, and writes nothing more',
      ),
      by(IN.kill, 'a list is completed, each task once, whatever moment its run is killed at'),
      by(IN.stop, 'without adoption a task runs beside the agent that outlived its holder'),
    ),
  },
  {
    id: 'G5',
    phrase: 'G5',
    promise:
      'A task starts only after its dependencies; nothing waits without a reason that `why` names.',
    standing: proved(
      by(IN.simOutcomes, 'works a list through in the order of its dependencies'),
      by(IN.storeModel, 'agree after every step of any sequence of verbs by several holders'),
      by(IN.kill, 'a list is completed, each task once, whatever moment its run is killed at'),
      by(IN.lists, 'is why each task is where it is, and what its agent writes, as it is written'),
    ),
  },
  {
    id: 'G6',
    phrase: 'G6',
    promise: 'Every transition has exactly one event in its transaction; the state is their fold.',
    standing: proved(
      by(IN.transition, 'write one event each, and the state is the fold of the events'),
      by(IN.storeModel, 'agree after every step of any sequence of verbs by several holders'),
      by(IN.outside, 'the audit finds %s'),
    ),
  },
  {
    id: 'G7',
    phrase: 'G7',
    promise:
      'Limits hold, between processes too; a timeout or a cancel ends the whole process group.',
    standing: proved(
      by(
        IN.claiming,
        'no more tasks of a list run than its limit, whoever claims',
        'an agent at its limit keeps nobody else waiting, over all lists',
      ),
      by(IN.artifacts, 'limits are refused by their names'),
      by(IN.artifactKilled, 'holds no more in memory than a few ranges, however long the stream'),
      by(IN.simOutcomes, 'is never more of an agent than its limit, over two lists'),
      by(IN.keepsOutput, 'keeps head and tail of a flood, and never more than the bound'),
      by(IN.ends, 'ends the whole group at the timeout, also when it ignores SIGTERM'),
      by(IN.faultsAgents, 'never ends is ended at its timeout, with everything that it started'),
      by(IN.faultsCommands, 'cancel ends the one agent, and the task is cancelled'),
    ),
  },
  {
    id: 'G8',
    phrase: 'G8',
    promise: 'A planned stop, restart or upgrade loses nothing and charges no attempt.',
    standing: partly(
      { until: 'restart', open: 'the restart and the upgrade of a server' },
      by(IN.verbs, 'stop ends the agents and the run; what ran is queued, uncharged'),
      by(
        IN.run,
        'the first Ctrl-C leaves the agents behind, and the next run collects them',
        'the second one ends the agents, and their tasks are queued uncharged',
      ),
      by(IN.faultsInterrupts, 'SIGTERM leaves at once, and the agents go on'),
      by(
        IN.rollingServers,
        'work side by side, are replaced one by one, and one goes back: each task once',
        'where the newer one shuts them out, older ones stop, uncharged and refused',
      ),
      by(IN.migrateStore, 'takes whoever may not write any more for gone, and nobody else'),
      by(
        IN.simRescue,
        'charges a restart of the host to nobody when its process had left before it',
      ),
    ),
  },
  {
    id: 'G9',
    phrase: 'G9',
    promise: 'A schema change happened completely or not at all, with a backup from before it.',
    standing: proved(
      by(
        IN.migrateStore,
        'brings it up: a backup, a row of history, every row kept, nothing asked',
        'is left as it was, and why is told, while the change cannot be made',
      ),
      by(IN.migrateKilled, 'before any statement leaves old or new, and the next run finishes: %s'),
      by(
        IN.sqliteFloors,
        'goes on where the newer one lets older ones write, and leaves its marks alone',
        'is not written any more where it does not, but still read',
        'is not even read any more where what is read may mean another thing',
      ),
      by(
        IN.upgradeRunning,
        'is no error to the run, which loses no outcome and goes on',
        'control: without the floor the old process writes into the new schema',
      ),
    ),
  },
  {
    id: 'G10',
    phrase: 'G10',
    promise: 'A client that keeps its connection sees no error because the server was replaced.',
    standing: open('restart'),
  },
  {
    id: 'G11',
    phrase: 'G11',
    promise: 'Bad input gets a typed error with a remedy, and changes nothing.',
    standing: proved(
      by(
        IN.answers,
        '%j is refused with exit code %i, on standard error',
        'a cycle is refused with its path and line; nothing is stored',
      ),
      by(
        IN.errorPage,
        'has a remedy for each code, as a sentence',
        'names no command that destroys',
      ),
      by(IN.parseList, 'no bytes crash it: there is a document, or one of its errors'),
    ),
  },
  {
    id: 'G12',
    phrase: 'G12',
    promise: 'No door is open by default; no shell strings, no path outside, no permission bypass.',
    standing: partly(
      { until: 'http', open: 'token, Host and Origin at the HTTP door' },
      by(IN.project, 'opens no door while it runs, and writes nothing outside its folder'),
      by(IN.splitCommand, 'refuses %s, which only a shell understands'),
      by(IN.template, 'keeps a value one argument, and never looks into it again'),
      by(IN.resultFile, 'leaves out the path %s, which is not below the project'),
      by(
        IN.projectFile,
        'is refused where it lies elsewhere: %j',
        'is refused where its folder is exchanged for a link before it is opened',
      ),
      by(IN.agentProgram, 'never switch permissions off'),
    ),
  },
];
