-- A store as the first generation of the schema made it, after a run and an edit of its list.
CREATE TABLE store_meta (
  one INTEGER NOT NULL,
  store_id TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  min_reader INTEGER NOT NULL,
  min_writer INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  CONSTRAINT store_meta_key PRIMARY KEY (one),
  CONSTRAINT store_meta_one CHECK (one = 1)
) STRICT;
CREATE TABLE task_lists (
  list_id TEXT NOT NULL,
  task_list_path TEXT NOT NULL,
  real_path TEXT,
  title TEXT,
  home_host TEXT,
  seen_hash TEXT,
  seen_text TEXT,
  marked_event_seq INTEGER NOT NULL DEFAULT 0,
  findings_json TEXT,
  write_back INTEGER NOT NULL DEFAULT 1,
  created_at_ms INTEGER NOT NULL,
  loaded_at_ms INTEGER,
  CONSTRAINT task_lists_key PRIMARY KEY (list_id)
) STRICT;
CREATE TABLE executors (
  id TEXT NOT NULL,
  list_id TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'stopped',
  config_json TEXT,
  on_dep_failure TEXT NOT NULL DEFAULT 'skip',
  started_at TEXT,
  paused_at TEXT,
  stopped_at TEXT,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
  CONSTRAINT executors_key PRIMARY KEY (id),
  CONSTRAINT executors_status CHECK (status IN ('stopped', 'running', 'paused')),
  CONSTRAINT executors_on_dep_failure CHECK (on_dep_failure IN ('skip', 'fail', 'run')),
  CONSTRAINT executors_list FOREIGN KEY (list_id) REFERENCES task_lists (list_id) ON DELETE RESTRICT
) STRICT;
CREATE TABLE task_queue (
  id TEXT NOT NULL,
  task_list_path TEXT NOT NULL,
  task_id TEXT NOT NULL,
  priority TEXT NOT NULL,
  section TEXT,
  description TEXT NOT NULL,
  dependencies TEXT,
  status TEXT NOT NULL DEFAULT 'queued',
  assigned_agent TEXT,
  position INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  last_error TEXT,
  queued_at TEXT DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
  started_at TEXT,
  completed_at TEXT,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
  list_id TEXT,
  claims INTEGER NOT NULL DEFAULT 0,
  fence INTEGER NOT NULL DEFAULT 0,
  crash_count INTEGER NOT NULL DEFAULT 0,
  revisions INTEGER NOT NULL DEFAULT 0,
  pending_deps INTEGER NOT NULL DEFAULT 0,
  due_at_ms INTEGER NOT NULL DEFAULT 0,
  held INTEGER NOT NULL DEFAULT 0,
  archived_at_ms INTEGER,
  holder_id TEXT,
  holder_term INTEGER NOT NULL DEFAULT 0,
  lease_until_ms INTEGER,
  started_at_ms INTEGER,
  ended_at_ms INTEGER,
  status_reason TEXT,
  cause_task_id TEXT,
  end_request_json TEXT,
  on_dep_failure TEXT,
  explicit_id INTEGER NOT NULL DEFAULT 1,
  line INTEGER NOT NULL DEFAULT 0,
  seen_mark TEXT,
  agent TEXT,
  verify_json TEXT,
  timeout_ms INTEGER,
  needs_json TEXT,
  steps_json TEXT,
  criteria_json TEXT,
  fields_json TEXT,
  result_summary TEXT,
  CONSTRAINT task_queue_key PRIMARY KEY (id),
  CONSTRAINT task_queue_priority CHECK (priority IN ('P1', 'P2', 'P3', 'P4')),
  CONSTRAINT task_queue_status CHECK (status IN ('queued', 'running', 'waiting', 'completed', 'failed', 'skipped', 'cancelled')),
  CONSTRAINT task_queue_on_dep_failure CHECK (on_dep_failure IS NULL OR on_dep_failure IN ('skip', 'fail', 'run')),
  CONSTRAINT task_queue_pending_deps CHECK (pending_deps >= 0),
  CONSTRAINT task_queue_attempts CHECK (attempts >= 0),
  CONSTRAINT task_queue_list FOREIGN KEY (list_id) REFERENCES task_lists (list_id) ON DELETE RESTRICT
) STRICT;
CREATE TABLE task_dependencies (
  task TEXT NOT NULL,
  depends_on_task_id TEXT NOT NULL,
  depends_on TEXT,
  ordinal INTEGER NOT NULL,
  satisfied_at_ms INTEGER,
  CONSTRAINT task_dependencies_key PRIMARY KEY (task, depends_on_task_id),
  CONSTRAINT task_dependencies_task FOREIGN KEY (task) REFERENCES task_queue (id) ON DELETE CASCADE,
  CONSTRAINT task_dependencies_depends_on FOREIGN KEY (depends_on) REFERENCES task_queue (id) ON DELETE SET NULL
) STRICT;
CREATE TABLE task_attempts (
  task TEXT NOT NULL,
  fence INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  agent TEXT,
  holder_id TEXT NOT NULL,
  claimed_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER,
  outcome TEXT,
  exit_code INTEGER,
  error TEXT,
  result_json TEXT,
  CONSTRAINT task_attempts_key PRIMARY KEY (task, fence),
  CONSTRAINT task_attempts_task FOREIGN KEY (task) REFERENCES task_queue (id) ON DELETE CASCADE
) STRICT;
CREATE TABLE task_events (
  seq INTEGER NOT NULL CONSTRAINT task_events_key PRIMARY KEY AUTOINCREMENT,
  list_id TEXT NOT NULL,
  task TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  data_json TEXT NOT NULL
) STRICT;
CREATE TABLE locks (
  name TEXT NOT NULL,
  holder_id TEXT,
  fence INTEGER NOT NULL DEFAULT 0,
  acquired_at_ms INTEGER NOT NULL,
  renewed_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  CONSTRAINT locks_key PRIMARY KEY (name)
) STRICT;
CREATE TABLE instances (
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  pid_started_at TEXT NOT NULL,
  boot_id TEXT NOT NULL,
  version TEXT NOT NULL,
  list_id TEXT,
  started_at_ms INTEGER NOT NULL,
  heartbeat_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER,
  CONSTRAINT instances_key PRIMARY KEY (id)
) STRICT;
CREATE TABLE requests (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  input_hash TEXT NOT NULL,
  result_json TEXT NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  CONSTRAINT requests_key PRIMARY KEY (scope, key)
) STRICT;
INSERT INTO store_meta (one, store_id, epoch, fingerprint, min_reader, min_writer, created_at_ms) VALUES
  (1, '01a1fc99-230e-7e80-ba71-2e656b072f70', 1, '27c31095df68a79b741198eb2d46f6412e330c6a44a6116a7daf72771d76b8e8', 1, 1, 1795239256846);
INSERT INTO task_lists (list_id, task_list_path, real_path, title, home_host, seen_hash, seen_text, marked_event_seq, findings_json, write_back, created_at_ms, loaded_at_ms) VALUES
  ('01a1fc99-2323-7eaa-a858-62c7d905f29f', '@ROOT@/tasks.md', '@ROOT@/tasks.md', 'Build', '@HOST@', '75baa21a98da2697c796bf1555d081c58d2571fcc9440cd492d0a6c1491e230c', '# Build

| ID | Task | Status | Depends on |
|---|---|---|---|
| A | lay out | [x] | |
| B | build | [x] | A |
| C | fail | [!] | |
| D | wait | [-] | C |
| E | later P4 | [x] | B |
| F | rest | [ ] | B |
', 12, '[]', 1, 1795239256867, 1795239356342);
INSERT INTO executors (id, list_id, status, config_json, on_dep_failure, started_at, paused_at, stopped_at, created_at, updated_at) VALUES
  ('01a1fc99-2324-7675-98c4-4dce571eacf6', '01a1fc99-2323-7eaa-a858-62c7d905f29f', 'running', '{"maxConcurrent":1,"retryAttempts":0,"retryDelayMs":5000,"executionTimeoutMs":3600000,"minPriority":"P4","autoStart":false,"dryRun":false,"agent":"claude","agentCommand":["./agent.sh"],"agentLimits":{},"allow":"nothing","promptTemplate":null,"onDepFailure":"skip","writeBack":true,"ignoreMissing":false,"watch":false,"outputBytesMax":10485760,"leaseMs":60000,"heartbeatMs":15000,"sweepMs":10000,"killGraceMs":10000,"given":["retryAttempts","agentCommand"]}', 'skip', '2026-11-21 05:34:16.886', NULL, NULL, '2026-11-21 05:34:16.867', '2026-11-21 05:34:16.886');
INSERT INTO task_queue (id, task_list_path, task_id, priority, section, description, dependencies, status, assigned_agent, position, attempts, last_error, queued_at, started_at, completed_at, created_at, updated_at, list_id, claims, fence, crash_count, revisions, pending_deps, due_at_ms, held, archived_at_ms, holder_id, holder_term, lease_until_ms, started_at_ms, ended_at_ms, status_reason, cause_task_id, end_request_json, on_dep_failure, explicit_id, line, seen_mark, agent, verify_json, timeout_ms, needs_json, steps_json, criteria_json, fields_json, result_summary) VALUES
  ('01a1fc99-2324-7620-ba59-e04d85067dc0', '@ROOT@/tasks.md', 'A', 'P2', 'Build', 'lay out', '[]', 'completed', NULL, 1, 0, NULL, '2026-11-21 05:34:16.867', NULL, '2026-11-21 05:34:16.867', '2026-11-21 05:34:16.867', '2026-11-21 05:34:16.867', '01a1fc99-2323-7eaa-a858-62c7d905f29f', 0, 0, 0, 0, 0, 0, 0, NULL, NULL, 0, NULL, NULL, 1795239256867, NULL, NULL, NULL, NULL, 1, 5, 'completed', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO task_queue (id, task_list_path, task_id, priority, section, description, dependencies, status, assigned_agent, position, attempts, last_error, queued_at, started_at, completed_at, created_at, updated_at, list_id, claims, fence, crash_count, revisions, pending_deps, due_at_ms, held, archived_at_ms, holder_id, holder_term, lease_until_ms, started_at_ms, ended_at_ms, status_reason, cause_task_id, end_request_json, on_dep_failure, explicit_id, line, seen_mark, agent, verify_json, timeout_ms, needs_json, steps_json, criteria_json, fields_json, result_summary) VALUES
  ('01a1fc99-2324-7a72-a40b-67918a0066c6', '@ROOT@/tasks.md', 'B', 'P2', 'Build', 'build', '["A"]', 'completed', 'command', 2, 1, NULL, '2026-11-21 05:34:16.867', '2026-11-21 05:34:16.888', '2026-11-21 05:34:16.903', '2026-11-21 05:34:16.867', '2026-11-21 05:34:16.903', '01a1fc99-2323-7eaa-a858-62c7d905f29f', 1, 1, 0, 0, 0, 0, 0, NULL, NULL, 1, NULL, 1795239256888, 1795239256903, NULL, NULL, NULL, NULL, 1, 6, 'completed', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO task_queue (id, task_list_path, task_id, priority, section, description, dependencies, status, assigned_agent, position, attempts, last_error, queued_at, started_at, completed_at, created_at, updated_at, list_id, claims, fence, crash_count, revisions, pending_deps, due_at_ms, held, archived_at_ms, holder_id, holder_term, lease_until_ms, started_at_ms, ended_at_ms, status_reason, cause_task_id, end_request_json, on_dep_failure, explicit_id, line, seen_mark, agent, verify_json, timeout_ms, needs_json, steps_json, criteria_json, fields_json, result_summary) VALUES
  ('01a1fc99-2324-7bb6-bae8-e05d480100c0', '@ROOT@/tasks.md', 'C', 'P2', 'Build', 'fail', '[]', 'failed', 'command', 3, 1, 'exit code 3', '2026-11-21 05:34:16.867', '2026-11-21 05:34:16.905', '2026-11-21 05:34:16.915', '2026-11-21 05:34:16.867', '2026-11-21 05:34:16.915', '01a1fc99-2323-7eaa-a858-62c7d905f29f', 1, 1, 0, 0, 0, 0, 0, NULL, NULL, 1, NULL, 1795239256905, 1795239256915, NULL, NULL, NULL, NULL, 1, 7, 'failed', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO task_queue (id, task_list_path, task_id, priority, section, description, dependencies, status, assigned_agent, position, attempts, last_error, queued_at, started_at, completed_at, created_at, updated_at, list_id, claims, fence, crash_count, revisions, pending_deps, due_at_ms, held, archived_at_ms, holder_id, holder_term, lease_until_ms, started_at_ms, ended_at_ms, status_reason, cause_task_id, end_request_json, on_dep_failure, explicit_id, line, seen_mark, agent, verify_json, timeout_ms, needs_json, steps_json, criteria_json, fields_json, result_summary) VALUES
  ('01a1fc99-2324-7ebf-8178-e66f684fd700', '@ROOT@/tasks.md', 'D', 'P2', 'Build', 'wait', '["C"]', 'skipped', NULL, 4, 0, NULL, '2026-11-21 05:34:16.867', NULL, '2026-11-21 05:34:16.915', '2026-11-21 05:34:16.867', '2026-11-21 05:34:16.915', '01a1fc99-2323-7eaa-a858-62c7d905f29f', 0, 0, 0, 0, 1, 0, 0, NULL, NULL, 0, NULL, NULL, 1795239256915, 'C failed', '01a1fc99-2324-7bb6-bae8-e05d480100c0', NULL, NULL, 1, 8, 'skipped', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO task_queue (id, task_list_path, task_id, priority, section, description, dependencies, status, assigned_agent, position, attempts, last_error, queued_at, started_at, completed_at, created_at, updated_at, list_id, claims, fence, crash_count, revisions, pending_deps, due_at_ms, held, archived_at_ms, holder_id, holder_term, lease_until_ms, started_at_ms, ended_at_ms, status_reason, cause_task_id, end_request_json, on_dep_failure, explicit_id, line, seen_mark, agent, verify_json, timeout_ms, needs_json, steps_json, criteria_json, fields_json, result_summary) VALUES
  ('01a1fc99-2324-7f11-9cfa-6887e4dcd023', '@ROOT@/tasks.md', 'E', 'P2', 'Build', 'later P4', '["B"]', 'completed', 'command', 5, 1, NULL, '2026-11-21 05:34:16.867', '2026-11-21 05:34:16.917', '2026-11-21 05:34:16.927', '2026-11-21 05:34:16.867', '2026-11-21 05:34:16.927', '01a1fc99-2323-7eaa-a858-62c7d905f29f', 1, 1, 0, 0, 0, 0, 0, NULL, NULL, 1, NULL, 1795239256917, 1795239256927, NULL, NULL, NULL, NULL, 1, 9, 'completed', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO task_queue (id, task_list_path, task_id, priority, section, description, dependencies, status, assigned_agent, position, attempts, last_error, queued_at, started_at, completed_at, created_at, updated_at, list_id, claims, fence, crash_count, revisions, pending_deps, due_at_ms, held, archived_at_ms, holder_id, holder_term, lease_until_ms, started_at_ms, ended_at_ms, status_reason, cause_task_id, end_request_json, on_dep_failure, explicit_id, line, seen_mark, agent, verify_json, timeout_ms, needs_json, steps_json, criteria_json, fields_json, result_summary) VALUES
  ('01a1fc9a-a7b8-76c9-a05d-4846d9c2af8e', '@ROOT@/tasks.md', 'F', 'P2', 'Build', 'rest', '["B"]', 'queued', NULL, 6, 0, NULL, '2026-11-21 05:35:56.342', NULL, NULL, '2026-11-21 05:35:56.342', '2026-11-21 05:35:56.342', '01a1fc99-2323-7eaa-a858-62c7d905f29f', 0, 0, 0, 0, 0, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1, 10, 'queued', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO task_dependencies (task, depends_on_task_id, depends_on, ordinal, satisfied_at_ms) VALUES
  ('01a1fc99-2324-7a72-a40b-67918a0066c6', 'A', '01a1fc99-2324-7620-ba59-e04d85067dc0', 0, 1795239256867);
INSERT INTO task_dependencies (task, depends_on_task_id, depends_on, ordinal, satisfied_at_ms) VALUES
  ('01a1fc99-2324-7ebf-8178-e66f684fd700', 'C', '01a1fc99-2324-7bb6-bae8-e05d480100c0', 0, NULL);
INSERT INTO task_dependencies (task, depends_on_task_id, depends_on, ordinal, satisfied_at_ms) VALUES
  ('01a1fc99-2324-7f11-9cfa-6887e4dcd023', 'B', '01a1fc99-2324-7a72-a40b-67918a0066c6', 0, 1795239256903);
INSERT INTO task_dependencies (task, depends_on_task_id, depends_on, ordinal, satisfied_at_ms) VALUES
  ('01a1fc9a-a7b8-76c9-a05d-4846d9c2af8e', 'B', '01a1fc99-2324-7a72-a40b-67918a0066c6', 0, 1795239356342);
INSERT INTO task_attempts (task, fence, attempt, agent, holder_id, claimed_at_ms, ended_at_ms, outcome, exit_code, error, result_json) VALUES
  ('01a1fc99-2324-7a72-a40b-67918a0066c6', 1, 1, 'command', '01a1fc99-232b-7366-af30-715fe300ce8a', 1795239256888, 1795239256903, 'succeeded', 0, NULL, NULL);
INSERT INTO task_attempts (task, fence, attempt, agent, holder_id, claimed_at_ms, ended_at_ms, outcome, exit_code, error, result_json) VALUES
  ('01a1fc99-2324-7bb6-bae8-e05d480100c0', 1, 1, 'command', '01a1fc99-232b-7366-af30-715fe300ce8a', 1795239256905, 1795239256915, 'errored', 3, 'exit code 3', NULL);
INSERT INTO task_attempts (task, fence, attempt, agent, holder_id, claimed_at_ms, ended_at_ms, outcome, exit_code, error, result_json) VALUES
  ('01a1fc99-2324-7f11-9cfa-6887e4dcd023', 1, 1, 'command', '01a1fc99-232b-7366-af30-715fe300ce8a', 1795239256917, 1795239256927, 'succeeded', 0, NULL, NULL);
INSERT INTO task_events (seq, list_id, task, at_ms, kind, data_json) VALUES
  (1, '01a1fc99-2323-7eaa-a858-62c7d905f29f', '01a1fc99-2324-7620-ba59-e04d85067dc0', 1795239256867, 'enqueued', '{"kind":"enqueued","as":"completed"}');
INSERT INTO task_events (seq, list_id, task, at_ms, kind, data_json) VALUES
  (2, '01a1fc99-2323-7eaa-a858-62c7d905f29f', '01a1fc99-2324-7a72-a40b-67918a0066c6', 1795239256867, 'enqueued', '{"kind":"enqueued","as":"queued"}');
INSERT INTO task_events (seq, list_id, task, at_ms, kind, data_json) VALUES
  (3, '01a1fc99-2323-7eaa-a858-62c7d905f29f', '01a1fc99-2324-7bb6-bae8-e05d480100c0', 1795239256867, 'enqueued', '{"kind":"enqueued","as":"queued"}');
INSERT INTO task_events (seq, list_id, task, at_ms, kind, data_json) VALUES
  (4, '01a1fc99-2323-7eaa-a858-62c7d905f29f', '01a1fc99-2324-7ebf-8178-e66f684fd700', 1795239256867, 'enqueued', '{"kind":"enqueued","as":"queued"}');
INSERT INTO task_events (seq, list_id, task, at_ms, kind, data_json) VALUES
  (5, '01a1fc99-2323-7eaa-a858-62c7d905f29f', '01a1fc99-2324-7f11-9cfa-6887e4dcd023', 1795239256867, 'enqueued', '{"kind":"enqueued","as":"queued"}');
INSERT INTO task_events (seq, list_id, task, at_ms, kind, data_json) VALUES
  (6, '01a1fc99-2323-7eaa-a858-62c7d905f29f', '01a1fc99-2324-7a72-a40b-67918a0066c6', 1795239256888, 'claimed', '{"kind":"claimed","fence":1,"holder":"01a1fc99-232b-7366-af30-715fe300ce8a","agent":"command"}');
INSERT INTO task_events (seq, list_id, task, at_ms, kind, data_json) VALUES
  (7, '01a1fc99-2323-7eaa-a858-62c7d905f29f', '01a1fc99-2324-7a72-a40b-67918a0066c6', 1795239256903, 'completed', '{"kind":"completed","by":"agent"}');
INSERT INTO task_events (seq, list_id, task, at_ms, kind, data_json) VALUES
  (8, '01a1fc99-2323-7eaa-a858-62c7d905f29f', '01a1fc99-2324-7bb6-bae8-e05d480100c0', 1795239256905, 'claimed', '{"kind":"claimed","fence":1,"holder":"01a1fc99-232b-7366-af30-715fe300ce8a","agent":"command"}');
INSERT INTO task_events (seq, list_id, task, at_ms, kind, data_json) VALUES
  (9, '01a1fc99-2323-7eaa-a858-62c7d905f29f', '01a1fc99-2324-7bb6-bae8-e05d480100c0', 1795239256915, 'failed', '{"kind":"failed","error":"exit code 3","cause":"exit"}');
INSERT INTO task_events (seq, list_id, task, at_ms, kind, data_json) VALUES
  (10, '01a1fc99-2323-7eaa-a858-62c7d905f29f', '01a1fc99-2324-7ebf-8178-e66f684fd700', 1795239256915, 'skipped', '{"kind":"skipped","by":"pawl","reason":"C failed","causeTask":"01a1fc99-2324-7bb6-bae8-e05d480100c0"}');
INSERT INTO task_events (seq, list_id, task, at_ms, kind, data_json) VALUES
  (11, '01a1fc99-2323-7eaa-a858-62c7d905f29f', '01a1fc99-2324-7f11-9cfa-6887e4dcd023', 1795239256917, 'claimed', '{"kind":"claimed","fence":1,"holder":"01a1fc99-232b-7366-af30-715fe300ce8a","agent":"command"}');
INSERT INTO task_events (seq, list_id, task, at_ms, kind, data_json) VALUES
  (12, '01a1fc99-2323-7eaa-a858-62c7d905f29f', '01a1fc99-2324-7f11-9cfa-6887e4dcd023', 1795239256927, 'completed', '{"kind":"completed","by":"agent"}');
INSERT INTO task_events (seq, list_id, task, at_ms, kind, data_json) VALUES
  (13, '01a1fc99-2323-7eaa-a858-62c7d905f29f', '01a1fc9a-a7b8-76c9-a05d-4846d9c2af8e', 1795239356342, 'enqueued', '{"kind":"enqueued","as":"queued"}');
INSERT INTO locks (name, holder_id, fence, acquired_at_ms, renewed_at_ms, expires_at_ms) VALUES
  ('executor:01a1fc99-2323-7eaa-a858-62c7d905f29f', NULL, 1, 1795239256876, 1795239256876, 0);
INSERT INTO locks (name, holder_id, fence, acquired_at_ms, renewed_at_ms, expires_at_ms) VALUES
  ('marks:01a1fc99-2323-7eaa-a858-62c7d905f29f', NULL, 1, 1795239256929, 1795239256929, 0);
CREATE UNIQUE INDEX task_lists_path ON task_lists (task_list_path);
CREATE UNIQUE INDEX executors_list_id ON executors (list_id);
CREATE UNIQUE INDEX task_queue_path_task ON task_queue (task_list_path, task_id);
CREATE INDEX task_queue_path_position ON task_queue (task_list_path, position);
CREATE INDEX task_queue_status ON task_queue (status, list_id, archived_at_ms);
CREATE INDEX task_queue_by_priority ON task_queue (priority);
CREATE INDEX task_queue_by_position ON task_queue (position);
CREATE INDEX task_queue_ready ON task_queue (list_id, priority, position) WHERE status = 'queued' AND pending_deps = 0 AND due_at_ms = 0 AND held = 0;
CREATE INDEX task_queue_delayed ON task_queue (due_at_ms) WHERE due_at_ms > 0;
CREATE INDEX task_queue_running ON task_queue (list_id, assigned_agent, holder_id) WHERE status = 'running';
CREATE INDEX task_queue_caused ON task_queue (cause_task_id) WHERE cause_task_id IS NOT NULL;
CREATE INDEX task_dependencies_depends_on ON task_dependencies (depends_on, satisfied_at_ms);
CREATE INDEX task_events_task ON task_events (task, seq);
CREATE INDEX task_events_list ON task_events (list_id, seq);
CREATE INDEX instances_live ON instances (host) WHERE ended_at_ms IS NULL;
CREATE INDEX requests_expiry ON requests (expires_at_ms);
CREATE VIEW executor_state AS
SELECT e.id, l.task_list_path, e.status, e.config_json,
(SELECT count(*) FROM task_queue q WHERE q.list_id = e.list_id AND q.status IN ('queued', 'running', 'waiting', 'completed', 'failed', 'skipped', 'cancelled') AND q.archived_at_ms IS NULL) AS total_tasks,
(SELECT count(*) FROM task_queue q WHERE q.list_id = e.list_id AND q.status IN ('completed') AND q.archived_at_ms IS NULL) AS completed_tasks,
(SELECT count(*) FROM task_queue q WHERE q.list_id = e.list_id AND q.status IN ('failed') AND q.archived_at_ms IS NULL) AS failed_tasks,
(SELECT count(*) FROM task_queue q WHERE q.list_id = e.list_id AND q.status IN ('skipped') AND q.archived_at_ms IS NULL) AS skipped_tasks,
(SELECT q.task_id FROM task_queue q
WHERE q.list_id = e.list_id AND q.status = 'running'
ORDER BY q.started_at_ms, q.position LIMIT 1) AS current_task_id,
e.started_at, e.paused_at, e.stopped_at, e.created_at, e.updated_at,
(SELECT count(*) FROM task_queue q WHERE q.list_id = e.list_id AND q.status IN ('cancelled') AND q.archived_at_ms IS NULL) AS cancelled_tasks,
(SELECT count(*) FROM task_queue q WHERE q.list_id = e.list_id AND q.status IN ('queued') AND q.archived_at_ms IS NULL) AS queued_tasks,
(SELECT count(*) FROM task_queue q WHERE q.list_id = e.list_id AND q.status IN ('running') AND q.archived_at_ms IS NULL) AS running_tasks,
(SELECT count(*) FROM task_queue q WHERE q.list_id = e.list_id AND q.status IN ('waiting') AND q.archived_at_ms IS NULL) AS waiting_tasks,
e.list_id
FROM executors e JOIN task_lists l ON l.list_id = e.list_id;
CREATE VIEW v_active_queue AS
SELECT tq.id, tq.task_list_path, tq.task_id, tq.priority, tq.section, tq.description,
tq.status, tq.assigned_agent, tq.position, tq.attempts, tq.queued_at,
es.status AS executor_status,
CASE tq.priority WHEN 'P1' THEN 1 WHEN 'P2' THEN 2 WHEN 'P3' THEN 3 WHEN 'P4' THEN 4 END
AS priority_order
FROM task_queue tq LEFT JOIN executors es ON es.list_id = tq.list_id
WHERE tq.status = 'queued' AND tq.archived_at_ms IS NULL
ORDER BY priority_order ASC, tq.position ASC;
CREATE TRIGGER task_queue_adopt AFTER INSERT ON task_queue FOR EACH ROW WHEN NEW.list_id IS NULL
BEGIN
  INSERT INTO task_lists (list_id, task_list_path, created_at_ms) SELECT 'path:' || NEW.task_list_path, NEW.task_list_path, 0 WHERE NOT EXISTS (SELECT 1 FROM task_lists WHERE task_list_path = NEW.task_list_path);
  UPDATE task_queue SET list_id = (SELECT list_id FROM task_lists WHERE task_list_path = NEW.task_list_path) WHERE id = NEW.id;
END;
CREATE TRIGGER executor_state_insert INSTEAD OF INSERT ON executor_state FOR EACH ROW
BEGIN
  INSERT INTO task_lists (list_id, task_list_path, created_at_ms) SELECT 'path:' || NEW.task_list_path, NEW.task_list_path, 0 WHERE NOT EXISTS (SELECT 1 FROM task_lists WHERE task_list_path = NEW.task_list_path);
  INSERT INTO executors (id, list_id, status, config_json, started_at, paused_at, stopped_at) VALUES (NEW.id, (SELECT list_id FROM task_lists WHERE task_list_path = NEW.task_list_path), coalesce(NEW.status, 'stopped'), NEW.config_json, NEW.started_at, NEW.paused_at, NEW.stopped_at);
END;
CREATE TRIGGER executor_state_update INSTEAD OF UPDATE ON executor_state FOR EACH ROW
BEGIN
  UPDATE executors SET status = NEW.status, config_json = NEW.config_json, started_at = NEW.started_at, paused_at = NEW.paused_at, stopped_at = NEW.stopped_at, updated_at = NEW.updated_at WHERE id = NEW.id;
END;
