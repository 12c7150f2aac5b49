import { IN } from './proof-files.ts';
import { by, proved, type Requirement } from './requirement.ts';

/** Looking after a store on a server: copying, examining, setting up. */
export const SERVER_CARE: readonly Requirement[] = [
  {
    id: 'P-copy',
    phrase: 'an online, verified copy of a store between the databases, both ways',
    promise: 'A store is copied while it is used, compared row by row, whole or not at all.',
    standing: proved(
      by(
        IN.postgresCopy,
        'from a file to a server and back is the same, row by row, and sound',
        'is of one moment, there and back; what came later is counted',
        'one damaged value is found, and %s',
        'a place that is taken is refused, and stays as it is',
        'an older store is not brought up by it, and what is none is not made one',
        'of two who copy to one place one does',
      ),
      by(IN.storeCopy, 'moves a paused project to a server and back: nothing is lost or run twice'),
    ),
  },
  {
    id: 'P-copy-resumed',
    phrase: 'an online, verified copy of a store: resumable',
    promise:
      'A copy that was broken off goes on, brings no row twice, and is compared as any other.',
    standing: proved(
      by(
        IN.postgresCopyResumed,
        'is no store, and the next one brings only what is missing',
        'is of the moment of the next one: what changed, came and went since is in it',
        'keeps no row that was damaged meanwhile: that one is brought again',
        'and whoever believed what lies there would be found out: nothing is kept',
        'is thrown away when it is of another store or schema, or when that is asked',
        'that another one took over writes nothing any more',
        'that is not finished keeps every Pawl from beginning a store beside it',
        'into whose place a store came meanwhile keeps what it brought',
        'needs no right but that to make tables in a schema',
        'goes on by itself when its connection breaks, also at the very end',
        'goes on by itself when the server crashes and comes back',
      ),
      by(
        IN.copyToFile,
        'with the name of an area, and is %s, touches it only when asked',
        'with the name of a store in the making, and no copy was begun, does the same',
        'that is an area without anything yet, or a torn one, begins anew',
        'is finished by the same command, which says so',
        'is no copy of another store: that one is refused',
        'has one name in the end, also when only the last of it was left to be done',
      ),
      by(
        IN.storeCopyKilled,
        '%s, killed at any moment, leaves no half store; the next goes on, and brings no row twice',
        'killed in the transaction that makes the store, leaves none, and every row',
        'killed once its store is made, is finished by the same command',
        'killed as its file gets its name, is finished by the same command',
        'by a disk that is full, goes on once there is room',
      ),
      by(
        IN.postgresCopyFinished,
        'is finished by the same command, which says so',
        'is no copy of another store: that one is refused',
        'is one no more when it was changed, be it by %s: it is refused',
        'is one no more when it was used: it is refused, and keeps what was done',
        'is copied anew where its store was taken away',
        'is answered, for the store is there; said again it is known',
      ),
      by(IN.postgresPooler, 'a copy is gone on with through it, and leaves nothing in the session'),
    ),
  },
  {
    id: 'P-copy-held',
    phrase: 'the copy is a second store: leases are taken away, the epoch raised',
    promise: 'Whoever holds a task in the source can write nothing in its copy.',
    standing: proved(
      by(
        IN.postgresCopy,
        'to %s has nothing of what is held: a stale holder can do nothing in it',
        'is of this schema for migrations, too, and hands out no number twice',
      ),
    ),
  },
  {
    id: 'P-doctor',
    phrase: 'doctor on PostgreSQL: each finding with a remedy, provoked on a real server',
    promise: 'What makes a store on a server slow or unsafe is named, with what to do.',
    standing: proved(
      by(
        IN.postgresDoctor,
        'has nothing to say of a healthy one, and names its version',
        '%s off',
        'a transaction that somebody left open, with its program and process',
        'a prepared transaction that nobody ended',
        'a replication slot that nobody reads',
        'rows that were replaced and not cleaned up',
        'an index that is gone, and one that the server does not use',
        'a large table that is read as a whole again and again',
        'connections that are nearly all in use',
        'the limit of a role or of a database, by whichever leaves the least',
        'a clock that is not this one, either way',
        'is told to a process that runs for long, once',
      ),
    ),
  },
  {
    id: 'P-pooler',
    phrase: 'behind PgBouncer in transaction mode',
    promise: 'A pooler hands on sessions in which Pawl leaves nothing; what is done is done once.',
    standing: proved(
      by(
        IN.postgresPooler,
        'claims and ends are one each, and nothing is left in the session',
        'who is not told of the pooler leaves statements in it',
        'notices come by the direct way, and are not needed',
        'a store is migrated and made through it, too',
      ),
    ),
  },
  {
    id: 'P-tls',
    phrase: 'TLS: verify-full with the authority, refused without',
    promise: 'No store is opened on a server that is not who the address says.',
    standing: proved(
      by(
        IN.postgresTls,
        'verify-full with its authority is encrypted, by name and by number',
        'verify-full %s is refused at once, clearly',
        'a file of an authority that is not there is named',
        'a server that does not speak it is refused when it is required',
      ),
    ),
  },
  {
    id: 'P-pairs',
    phrase: 'random pairs of schemas on the server, many starters as processes',
    promise: 'Whatever two releases differ in, a server is brought from one to the other, or not.',
    standing: proved(
      by(IN.postgresPairs, 'become each other, or it is said why not: part %i of 2'),
      by(
        IN.postgresStarters,
        'make its store once, and load its list once',
        'bring an older store up once, with every row',
      ),
    ),
  },
  {
    id: 'P-speed',
    phrase: 'PostgreSQL beside graphile-worker, pg-boss, DBOS and raw SQL',
    promise: 'How fast a store on a server is stands beside other queues, with what was missed.',
    standing: proved(
      by(
        IN.performancePage,
        'has the figures of PostgreSQL beside other queues, and what it missed',
      ),
      by(IN.postgresFaults, 'a claim that finds nothing is no commit: nobody is told'),
    ),
  },
];
