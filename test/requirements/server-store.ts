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
    id: 'P-remembered',
    phrase: 'a queue is begun once',
    promise: 'A folder used with a server is not begun a second time in a file unsaid.',
    standing: proved(
      by(IN.postgresRun, 'is not begun a second time in a file where the address is forgotten'),
      by(IN.storeCopy, 'moves a paused project to a server and back: nothing is lost or run twice'),
    ),
  },
  {
    id: 'P-anywhere',
    phrase: 'looking and a person’s word need an address, and no project',
    promise: 'Whoever knows the address looks and decides from any folder, and makes none.',
    standing: proved(
      by(
        IN.postgresRun,
        'from any folder, by every verb; a database without a store is none',
        'from any folder without a touch of the list, whose marks are written at home',
        'by its output on the host that has it; elsewhere that host is named',
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
    id: 'P-held-snapshot',
    phrase: 'Bloat: held xmin, claims stay fast with batches, alarm raised',
    promise: 'A snapshot that somebody holds slows no claim down, and none is wrong for it.',
    standing: proved(
      by(
        IN.heldSnapshot,
        'a claim reads no more pages the more tasks were worked meanwhile',
        'without what it remembers it does',
        'a commit reads no more pages the more there were before it',
      ),
      by(
        IN.knownLists,
        'never changes what a claim takes, whatever others did meanwhile',
        'does not hide $title',
      ),
      by(IN.postgresDoctor, 'a transaction that somebody left open, with its program and process'),
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
      by(IN.limitsSaid, 'name the label that no living host offers, until one offers it'),
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
      by(IN.limitsSaid, 'are named as the reason why a ready task does not start'),
      by(
        IN.postgresLimits,
        'is never exceeded, and is used up',
        '(negative control) is exceeded by a claim that counts before its transaction',
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
  {
    id: 'P-servers',
    phrase: 'executors claim from the same queue',
    promise: 'Servers on several hosts work on one list; each task is run once.',
    standing: proved(
      by(
        IN.manyServers,
        'two that work and one that runs the list share it: each task runs once',
        'run as many tasks of a list as is said, on all hosts, while they work',
        'a killed one that is back at once takes its agents over: nothing runs twice',
      ),
      by(
        IN.fleetContract,
        'a server is shown lists that are to run and have something ready, and those it works on',
      ),
    ),
  },
  {
    id: 'P-host-dies',
    phrase: 'other hosts rescue only after lease + that grace',
    promise: 'What a dead host ran is ended there and done elsewhere, and charged as a crash.',
    standing: proved(
      by(
        IN.manyServers,
        'what a killed one ran is ended there and done by others, charged as a crash',
      ),
      by(
        IN.attendant,
        'ends the program when nobody renews its lease, and says so',
        'lets it go on while its lease is renewed, or while who renews it lives',
      ),
      by(
        IN.fleetContract,
        'what a host lost goes back when its lease is long enough over, charged as lost',
      ),
      by(
        IN.whereabouts,
        'on another host, or in the folder of another project, cannot be looked at',
      ),
    ),
  },
  {
    id: 'P-clocks',
    phrase: 'the database’s clock judges leases',
    promise: 'A host whose clock is wrong by minutes neither steals nor loses a task.',
    standing: proved(
      by(
        IN.skewedClocks,
        'neither steal nor lose: each task runs once, and the skew is shown',
        'would steal if a host judged leases by its own clock',
      ),
      by(
        IN.fleetContract,
        'a lease that was renewed after somebody looked is neither rescued nor adopted',
      ),
    ),
  },
  {
    id: 'P-drain',
    phrase: 'a drain, a stop, a rate limit charge neither',
    promise: 'A server is sent away from any host; nothing is lost and nothing is charged.',
    standing: proved(
      by(
        IN.manyServers,
        'one that is drained ends what it runs and leaves, uncharged',
        'drained at once it ends its agents, and others do their tasks, uncharged',
      ),
      by(
        IN.drainedServer,
        'begins nothing more, and leaves when what it runs has ended',
        '(negative control) but does not heed it goes on claiming',
      ),
      by(
        IN.fleetContract,
        'what a holder that said goodbye left is not charged',
        'servers are listed with what they run, their clocks, and what was asked of them',
      ),
    ),
  },
  {
    id: 'P-away',
    phrase: 'results wait on disk while the database is away',
    promise: 'Agents outlive the database’s absence and the death of their server in it.',
    standing: proved(
      by(
        IN.manyServers,
        'while the database is away agents go on; killed and started meanwhile, it collects them',
      ),
      by(
        IN.outage,
        'is told while a call still waits for it, since when, and when it is back',
        'is told again each minute, with what was last heard, and its faults are not',
      ),
      by(
        IN.postgresRun,
        'goes on through crashes of the server: one outcome each, none run twice',
        'a client waits for a busy server, and is answered in time when it is away',
      ),
    ),
  },
  {
    id: 'P-leader',
    phrase: 'a leader by a leased row, whose fence is its term',
    promise: 'One server at a time looks after what other hosts lost, and knows when it is not it.',
    standing: proved(
      by(
        IN.leadership,
        'is one at a time, and its terms rise',
        'keeps its term while it renews it, and leads no more once it was given back',
        'without its term leads on beside another',
        'without its fence gives back what is another’s',
      ),
    ),
  },
  {
    id: 'P-unfit-host',
    phrase: 'a host that cannot start an agent leaves its tasks to others',
    promise: 'What a host lacks charges no task: it is said once, and looked for again.',
    standing: proved(
      by(
        IN.serveLists,
        'whose agent is missing charges nothing, says so once, and begins later',
        'with an agent %s charges nothing, says so once, and begins later',
        'gives a task back whose agent nobody knows here, uncharged, and tries no more',
        'does what it can and leaves what asks for a missing agent',
      ),
    ),
  },
  {
    id: 'P-lock',
    phrase: 'named distributed locks with a fence',
    promise: 'A lock has one holder over all hosts; what comes too late is refused by its fence.',
    standing: proved(
      by(
        IN.locks,
        'lets many processes count together and loses none, and its fence only rises',
        '(negative control) without it some of what they count is lost',
        'is free at once when the holder on this host was killed',
        'goes to another when its holder stands still, whose late write is then refused',
        'of a holder on another host is had after its time to live, and not before',
        'is judged by the clock of its database, where that is not this host',
      ),
      by(
        IN.cliLock,
        'has its streams and gives its exit code, its fence is one more each time',
        'is not begun while another has the lock: who, since when, and exit code 75',
        'is ended with all that it started when its lock is taken away, and says so',
        'does not outlive who started it: its lock is had as soon as it is gone',
      ),
    ),
  },
  {
    id: 'P-rolling',
    phrase: 'rolling upgrades',
    promise: 'Servers of two releases work side by side where the newer schema allows it.',
    standing: proved(
      by(
        IN.rollingServers,
        'work side by side, are replaced one by one, and one goes back: each task once',
        'where the newer one shuts them out, older ones stop, uncharged and refused',
        'control: one that does not ask whether it may read takes it for damage',
      ),
    ),
  },
  {
    id: 'P-one-machine',
    phrase: 'Several processes on one SQLite file are therefore always correct',
    promise: 'Several servers of one machine share its own database.',
    standing: proved(by(IN.manyServers, 'share its own database, and each task runs once')),
  },
];
