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
      by(
        IN.storeCopy,
        'moves a paused project to a server and back: nothing is lost or run twice',
        'to %s, killed at any moment, leaves no half store; the same command begins anew',
      ),
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
];
