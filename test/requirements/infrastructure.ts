import { ANY_PAIR, BROUGHT_UP, IN, KILLED_ANY_TIME, STALE_LOCKS } from './proof-files.ts';
import { by, open, proved, type Requirement } from './requirement.ts';

/** Migrations without a manual step, and restarts that no client notices. */
export const INFRASTRUCTURE: readonly Requirement[] = [
  {
    id: 'S001-schema-detection',
    phrase: 'Implement `migration_manager.py` with schema detection',
    promise: 'Start-up sees every difference between the database and the declared schema.',
    standing: proved(
      by(IN.migrateChanges, '$what: the fewest steps, and nothing else is touched'),
      by(IN.migratePairs, ANY_PAIR),
      by(IN.migrateCorners, 'a difference that no step serves is refused, never passed over'),
    ),
  },
  {
    id: 'S001-schema-comparison',
    phrase: 'Create `schema_comparator.py` using SQLAlchemy introspection',
    promise: 'The comparison reads the database itself, not a version number.',
    standing: proved(
      by(IN.migrateForeign, 'is put right, and said'),
      by(IN.migrateStore, 'is named once where it is harmless, and never stops a start'),
      by(IN.migrateCorners, 'a schema that was written by hand is ours when it says the same'),
    ),
  },
  {
    id: 'S001-safe-changes',
    phrase: 'Build SQL generation for safe ALTER TABLE operations',
    promise: 'Only changes that lose nothing are made without a directive.',
    standing: proved(
      by(
        IN.migrateDirectives,
        'is never dropped without a directive',
        'is never taken for a rename when something like it is new',
      ),
      by(IN.migratePolicy, 'a narrower policy objects to each step it does not allow'),
    ),
  },
  {
    id: 'S001-migration-history',
    phrase: 'Implement migration_history table and tracking',
    promise: 'Every change of the schema is recorded with its plan and outcome.',
    standing: proved(
      by(
        IN.migrate,
        'rebuilds a table: rows, dependents and the counter are kept, history says how',
        'keeps its reason in the history: one row for a series of equal failures',
      ),
      by(IN.migrateStore, BROUGHT_UP),
    ),
  },
  {
    id: 'S001-checked-at-start',
    phrase: 'Integrate migration checks into server startup',
    promise: 'A server never works on a schema it does not know.',
    standing: proved(
      by(IN.migrateStore, BROUGHT_UP),
      by(
        IN.cliMigrate,
        'keeps every command from starting when rows stand in the way, and says which',
      ),
      by(IN.upgrade, 'refuses in a sentence where it may not read, and leaves every byte'),
    ),
  },
  {
    id: 'S001-migration-lock',
    phrase: 'Add migration locking mechanism',
    promise: 'Two processes starting at once migrate once.',
    standing: proved(
      by(IN.migrateKilled, 'make one change, one backup, one line of history, soon: %s'),
      by(IN.migrateTurn, 'is seen: the work that is done is not done again'),
    ),
  },
  {
    id: 'S001-backup-first',
    phrase: 'Implement backup creation before migrations',
    promise: 'Before the first changed byte there is a backup that was opened and checked.',
    standing: proved(
      by(
        IN.migrate,
        'copies the database aside first: whole, sound, and as it was',
        'that cannot be made keep the change from being made',
      ),
      by(IN.faultsMigration, 'before it begins: no backup, so no change, and no trace of either'),
    ),
  },
  {
    id: 'S001-migration-rollback',
    phrase: 'Create rollback mechanism for failed migrations',
    promise: 'A migration that fails at any step leaves the database as it was.',
    standing: proved(
      by(
        IN.migrateKilled,
        'before any statement leaves old or new, and the next run finishes: %s',
        'in the middle of its backup leaves the old, and the next run clears up',
      ),
      by(IN.migrateKilledAnyTime, KILLED_ANY_TIME),
      by(IN.faultsMigration, 'at any statement: done or not at all, and the next run does it: %s'),
    ),
  },
  {
    id: 'S001-mismatch',
    phrase: 'Test with current schema mismatch scenario',
    promise: 'A database of every earlier release opens and is brought up to date.',
    standing: proved(
      by(IN.upgrade, 'is sound, and its list goes on where it stopped'),
      by(IN.schemaFixtures, 'has its database, and there is none of another'),
    ),
  },
  {
    id: 'S001-dry-run',
    phrase: 'Implement dry-run mode for migrations',
    promise: 'The plan is shown without being carried out.',
    standing: proved(
      by(
        IN.cliMigrate,
        'says what is pending, and changes nothing by saying it',
        'tries it on a copy, and leaves no byte of it',
      ),
    ),
  },
  {
    id: 'S001-migration-status',
    phrase: 'Add migration status reporting to CLI',
    promise: 'A command says whether the schema is in sync, and what is pending.',
    standing: proved(
      by(
        IN.cliMigrate,
        'says what is pending, and changes nothing by saying it',
        'migrates when it is told to, with a backup, and remembers it',
        'names an index and a column that it leaves alone',
        'names the failure of the last try until one succeeds',
      ),
    ),
  },
  {
    id: 'S001-no-manual-step',
    phrase: 'Zero manual interventions',
    promise: 'No upgrade asks for a command to be run.',
    standing: proved(
      by(IN.upgrade, 'is brought to the newest by a plain `pawl status`, with every row it had'),
    ),
  },
  {
    id: 'S001-fast-detection',
    phrase: '<500ms migration detection time',
    promise: 'Deciding that nothing is to be done takes under 500 ms.',
    standing: proved(
      by(IN.upgrade, 'that nothing is to be done is decided in a moment, by comparing all of it'),
      by(IN.migrateStore, 'is done once; after that its schema is not even compared'),
    ),
  },
  {
    id: 'S001-always-succeeds',
    phrase: '100% successful automatic migrations',
    promise: 'Every planned change succeeds on data of every shape that the schema allows.',
    standing: proved(by(IN.migratePairs, ANY_PAIR), by(IN.migrateCorners, '$what')),
  },
  {
    id: 'S001-no-data-lost',
    phrase: 'Zero data loss during migrations',
    promise: 'Every row and value from before a migration is there after it.',
    standing: proved(
      by(IN.upgrade, 'is brought to the newest by a plain `pawl status`, with every row it had'),
      by(IN.migrateNaive, 'rows that refer to it are not deleted with it'),
      by(IN.migratePairs, ANY_PAIR),
      by(IN.migrateKilled, 'loses no write, meets no error but that the database is busy'),
    ),
  },
  {
    id: 'S001-migrate-then-restart',
    phrase: 'Test migration → restart workflow',
    promise: 'A running server takes over a new schema without its clients noticing.',
    standing: open('restart'),
  },
  {
    id: 'S001-state-kept',
    phrase: 'Implement server state serialization',
    promise: 'What a server knows is in the database at every moment; a restart loses nothing.',
    standing: open('restart'),
  },
  {
    id: 'S001-tasks-suspended',
    phrase: 'Create task suspension mechanism',
    promise: 'Agents go on under their attendants while the server is replaced, uncharged.',
    standing: open('restart'),
  },
  {
    id: 'S001-clean-closure',
    phrase: 'Build clean database connection closure',
    promise: 'A planned stop ends every connection and leaves no lock.',
    standing: proved(
      by(IN.project, 'needs nothing that was installed, made or started before its first run'),
      by(IN.workspace, 'are few, stay the same whatever is asked, and are gone when it is closed'),
      by(IN.coordination, 'closing answers what was asked before; later calls are refused'),
      by(IN.simControl, 'drains: what runs is watched to its end, nothing else is claimed'),
    ),
  },
  {
    id: 'S001-shutdown-readiness',
    phrase: 'Develop shutdown readiness checks',
    promise: 'A restart says what it waits for, and for how long at most.',
    standing: open('restart'),
  },
  {
    id: 'S001-restart-tool',
    phrase: 'Create `orchestrator_restart_server` MCP tool',
    promise: 'An agent can ask for a restart without closing its client.',
    standing: proved(
      by(IN.mcpStdio, 'restarts inside the process, with a generation that outlives it'),
    ),
  },
  {
    id: 'S001-restart-process',
    phrase: 'Implement subprocess management for restart',
    promise: 'The new server is up before the old one is gone; a failed start keeps the old one.',
    standing: open('restart'),
  },
  {
    id: 'S001-state-restored',
    phrase: 'Build state restoration on startup',
    promise: 'A new server adopts the living agents with their output.',
    standing: proved(
      by(IN.adopts, 'adopts a running program whose starter was killed'),
      by(IN.project, 'keeps its order, its times and its counts'),
      by(IN.simRescue, 'adopts an agent that lives, with no pause for its lease'),
    ),
  },
  {
    id: 'S001-restart-reason',
    phrase: 'Add restart reason tracking',
    promise: 'Every restart is recorded with its reason and its length.',
    standing: open('restart'),
  },
  {
    id: 'S001-restart-answer',
    phrase: 'return RestartStatus(success=True, downtime_ms=elapsed)',
    promise: 'The caller learns whether it worked and how long it took.',
    standing: open('restart'),
  },
  {
    id: 'S001-reconnection',
    phrase: 'Implement reconnection protocol',
    promise: 'A client keeps its connection while the server is replaced.',
    standing: open('restart'),
  },
  {
    id: 'S001-client-notified',
    phrase: 'Add client notification system',
    promise: 'Clients that asked for it are told of a restart.',
    standing: open('restart'),
  },
  {
    id: 'S001-requests-retried',
    phrase: 'Create automatic retry logic',
    promise: 'A request that was open during a restart is answered once, by the new server.',
    standing: open('restart'),
  },
  {
    id: 'S001-all-clients',
    phrase: 'Test with all client types',
    promise: 'Clients over stdio and over HTTP pass the same restart test.',
    standing: open('restart'),
  },
  {
    id: 'S001-restart-time',
    phrase: '<5 seconds total restart time',
    promise: 'A restart takes under five seconds.',
    standing: open('restart'),
  },
  {
    id: 'S001-tasks-recovered',
    phrase: '100% task state recovery',
    promise: 'After a restart every task has the state and the counters it had.',
    standing: open('restart'),
  },
  {
    id: 'S001-reconnection-rate',
    phrase: '>99% client auto-reconnection rate',
    promise: 'Of a thousand restarts under load no client sees an error.',
    standing: open('restart'),
  },
  {
    id: 'S001-no-context-lost',
    phrase: 'Zero context loss for users',
    promise: 'An agent goes on with its claim after a restart.',
    standing: proved(
      by(
        IN.mcpStdio,
        'restarts inside the process, with a generation that outlives it',
        'goes on where a killed one ended: what was acknowledged is there, claims too',
      ),
    ),
  },
  {
    id: 'S001-restart-loops',
    phrase: 'Maximum retry limits and fallback mode',
    promise: 'A server that cannot start is not started for ever; the front says why.',
    standing: open('restart'),
  },
  {
    id: 'S001-reconnect-backoff',
    phrase: 'Robust reconnection with exponential backoff',
    promise: 'Attempts to reach a server are spread, with jitter and a limit.',
    standing: open('restart'),
  },
  {
    id: 'S001-large-results',
    phrase: 'Large task states handled efficiently',
    promise: 'Large outputs stay on disk and out of every list and status.',
    standing: proved(
      by(IN.keepsOutput, 'keeps head and tail of a flood, and never more than the bound'),
      by(IN.faultsAgents, 'floods its output leaves no more than the limit, with its last words'),
      by(
        IN.columnsRead,
        'for a list is what it shows, and nothing else',
        'for a status is what it shows, and nothing else',
      ),
    ),
  },
  {
    id: 'S001-maintenance',
    phrase: 'Cleanup can happen during restart windows',
    promise: 'Clean-up runs by itself, in short steps that hold nobody up.',
    standing: proved(
      by(IN.prune, 'the oldest attempts are removed for age or room, never one that may run'),
      by(IN.coordination, STALE_LOCKS),
    ),
  },
  {
    id: 'S001-clear-status',
    phrase: 'Clear status indicators and messaging',
    promise: 'Every state is said in words, with what to do next.',
    standing: proved(
      by(IN.lists, 'is why each task is where it is, and what its agent writes, as it is written'),
      by(
        IN.readingQueue,
        'gives every task of a list its state and one sentence',
        'tells where a list stands',
      ),
    ),
  },
  {
    id: 'S001-troubleshooting',
    phrase: 'Create troubleshooting guide',
    promise: 'Every error names a remedy, and a page collects them.',
    standing: proved(
      by(IN.errorPage, 'has a remedy for each code, as a sentence', 'is a page, row by row'),
    ),
  },
];
