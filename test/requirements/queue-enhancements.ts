import { COMES_BACK, IN } from './proof-files.ts';
import { by, open, proved, type Requirement } from './requirement.ts';

/** The persistent queue: what was wished for next. */
export const QUEUE_ENHANCEMENTS: readonly Requirement[] = [
  {
    id: 'S003-dependencies-checked',
    phrase: 'Check dependencies before executing tasks',
    promise: 'A task starts only after its dependencies.',
    standing: proved(
      by(IN.simOutcomes, 'works a list through in the order of its dependencies'),
      by(IN.kill, 'a list is completed, each task once, whatever moment its run is killed at'),
    ),
  },
  {
    id: 'S003-failed-dependencies',
    phrase: 'Auto-skip tasks with failed dependencies',
    promise: 'Dependants of a failed task follow the stated policy, and come back.',
    standing: proved(
      by(
        IN.dependants,
        'by default a failure skips its dependants and theirs, each naming its own cause',
        COMES_BACK,
      ),
      by(IN.verbs, 'retry and run finish what failed, and bring back what was skipped for it'),
    ),
  },
  {
    id: 'S003-graph-shown',
    phrase: 'Visualize dependency graphs',
    promise: 'The graph can be looked at.',
    standing: open('http'),
  },
  {
    id: 'S003-snapshots',
    phrase: 'Take snapshots at key points',
    promise: 'A queue can be kept by name.',
    standing: open('insight'),
  },
  {
    id: 'S003-snapshot-rollback',
    phrase: 'Rollback queue to previous state',
    promise: 'A kept queue can be gone back to; what runs is fenced off.',
    standing: open('insight'),
  },
  {
    id: 'S003-snapshot-compare',
    phrase: 'Compare queue states over time',
    promise: 'Two states of a queue can be compared.',
    standing: open('insight'),
  },
  {
    id: 'S003-priority-adjusted',
    phrase: 'Dynamically adjust task priorities',
    promise: 'A priority can be changed while the list runs.',
    standing: open('insight'),
  },
  {
    id: 'S003-priority-boost',
    phrase: 'Boost blocked tasks',
    promise: 'What many tasks wait for can go first.',
    standing: open('insight'),
  },
  {
    id: 'S003-priority-defer',
    phrase: 'Defer low-priority tasks',
    promise: 'A run can leave low priorities for later.',
    standing: proved(
      by(IN.embedding, 'minPriority leaves what is less urgent for another run'),
      by(IN.run, 'a filter holds for its run, and leaves nothing out of a later one'),
    ),
  },
  {
    id: 'S003-analytics-times',
    phrase: 'Track average completion times',
    promise: 'How long tasks took is told by list, section and agent.',
    standing: open('insight'),
  },
  {
    id: 'S003-analytics-bottlenecks',
    phrase: 'Identify bottlenecks',
    promise: 'What held the list up is named.',
    standing: open('insight'),
  },
  {
    id: 'S003-analytics-forecast',
    phrase: 'Predict completion time',
    promise: 'When the list will be done is told, with how sure that is.',
    standing: open('insight'),
  },
];
