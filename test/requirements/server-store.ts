import { IN } from './proof-files.ts';
import { by, proved, type Requirement } from './requirement.ts';

/** A store on a database server: the same queue, shared. */
export const SERVER_STORE: readonly Requirement[] = [
  {
    id: 'P-same',
    phrase: 'the same Pawl on PostgreSQL',
    promise: 'The commands of a project work on a server’s database as on its own.',
    standing: proved(
      by(
        IN.postgresRun,
        'is run, shown, explained, corrected and examined by the same commands',
        'is skipped in parts and listed; the environment is heard before the file',
      ),
    ),
  },
  {
    id: 'P-crash',
    phrase: 'ambiguous commits are safe by fence and ledger; reconnects with backoff',
    promise: 'Through crashes, cuts and lost answers each task has one outcome.',
    standing: proved(
      by(IN.postgresRun, 'goes on through crashes of the server: one outcome each, none run twice'),
      by(
        IN.postgresFaults,
        'is waited for: what was acknowledged is there, what was asked is done once',
        '%s: each happens once',
        'in the midst of a verb undoes it, and it is done anew',
      ),
    ),
  },
  {
    id: 'P-claim',
    phrase: 'without the fence, and without SKIP LOCKED plus re-check, the test fails',
    promise: 'No two claimers get one task; each guard is enough, and without all it is seen.',
    standing: proved(
      by(
        IN.postgresFaults,
        'take each task once, with %s',
        'take tasks twice when no guard is left',
      ),
    ),
  },
  {
    id: 'P-secret',
    phrase: 'secrets in addresses',
    promise: 'No answer and no error repeats what is secret in an address.',
    standing: proved(
      by(
        IN.postgresFaults,
        'with a wrong password, or without a server, fails in time and tells no secret',
      ),
      by(IN.postgresRun, 'without a server a command says so in a sentence, and no secret'),
    ),
  },
  {
    id: 'P-migrate',
    phrase: 'Migrations on PostgreSQL: advisory lock, lock_timeout, transactional DDL',
    promise: 'A store on a server is brought to a newer schema by the first command.',
    standing: proved(
      by(
        IN.postgresMigration,
        'is brought up by the first command, with every row: %s',
        'is changed once by sixteen starters, while others write',
        'cannot be changed by two who did not take turns: the plan of one is past',
        '%s leaves the old schema, and the next one does it',
        'by the server is begun anew, or leaves what there was',
        'keep a migration waiting, not each other; then it says who they are',
        'is kept and named, with its rights; what they did to ours is mended',
        'drops nothing of ours without a directive: it is refused, nothing is changed',
        'does not touch a store that a newer Pawl brought up',
        'is tried in a transaction that is undone, and planned with its costs',
      ),
    ),
  },
  {
    id: 'P-labels',
    phrase: 'labels of tasks against labels of hosts',
    promise: 'A host is given only what it offers, and what it does not offer delays nobody.',
    standing: proved(
      by(
        IN.limits,
        'a host is given what it offers, and one that says nothing of it everything',
        'what a host does not offer keeps nothing behind it waiting, in the order of the list',
        'to a host only what it offers is ready',
      ),
    ),
  },
  {
    id: 'P-limits',
    phrase: 'concurrency limits per list, agent and label, and for all, over all hosts',
    promise: 'No limit is exceeded by a claim, and nothing that has room is left.',
    standing: proved(
      by(
        IN.limits,
        'a label has room for so many tasks, over all lists and whoever runs them',
        'lists, agents and all together have limits; of two for one thing the smaller counts',
        'a client hears which limit is full, or which label its host does not offer',
        'who asks for exactly one task is held to the limits, too',
      ),
      by(IN.limitsModel, 'in random plays no limit is exceeded, and nothing that has room is left'),
    ),
  },
  {
    id: 'P-fleet',
    phrase: 'exactly one accepted outcome, no early and no stuck dependant, limits never exceeded',
    promise: 'Through dead hosts, cut ways, wrong clocks and crashes each task has one outcome.',
    standing: proved(
      by(
        IN.fleet,
        'accept one outcome for each task, whatever becomes of hosts, ways and database',
        'without the fence a host ends what another one works at',
        'without locks and the second look a task is claimed by several',
      ),
    ),
  },
];
