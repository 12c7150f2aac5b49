-- A queue that another program wrote, with the columns that were promised and no more.
CREATE TABLE task_queue (
    id TEXT PRIMARY KEY,
    task_list_path TEXT NOT NULL,
    task_id TEXT NOT NULL,
    priority TEXT NOT NULL CHECK (priority IN ('P1', 'P2', 'P3', 'P4')),
    section TEXT,
    description TEXT NOT NULL,
    dependencies TEXT,
    status TEXT DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'completed', 'failed', 'skipped')),
    assigned_agent TEXT,
    position INTEGER NOT NULL,
    attempts INTEGER DEFAULT 0,
    last_error TEXT,
    queued_at TEXT DEFAULT (datetime('now')),
    started_at TEXT,
    completed_at TEXT,
    created_at TEXT DEFAULT (datetime('now')),
    updated_at TEXT DEFAULT (datetime('now'))
);
CREATE INDEX idx_task_queue_path ON task_queue (task_list_path);
CREATE INDEX task_queue_status ON task_queue (status);
CREATE UNIQUE INDEX idx_task_queue_unique ON task_queue (task_list_path, task_id);
CREATE TABLE executor_state (
    id TEXT PRIMARY KEY,
    task_list_path TEXT UNIQUE NOT NULL,
    status TEXT DEFAULT 'stopped' CHECK (status IN ('stopped', 'running', 'paused')),
    config_json TEXT,
    total_tasks INTEGER DEFAULT 0,
    completed_tasks INTEGER DEFAULT 0,
    failed_tasks INTEGER DEFAULT 0,
    skipped_tasks INTEGER DEFAULT 0,
    current_task_id TEXT,
    started_at TEXT,
    paused_at TEXT,
    stopped_at TEXT,
    created_at TEXT DEFAULT (datetime('now')),
    updated_at TEXT DEFAULT (datetime('now'))
);
CREATE VIEW v_active_queue AS
SELECT
    tq.id, tq.task_list_path, tq.task_id, tq.priority, tq.section, tq.description, tq.status,
    tq.assigned_agent, tq.position, tq.attempts, tq.queued_at, es.status as executor_status,
    CASE tq.priority WHEN 'P1' THEN 1 WHEN 'P2' THEN 2 WHEN 'P3' THEN 3 WHEN 'P4' THEN 4 END as priority_order
FROM task_queue tq
LEFT JOIN executor_state es ON tq.task_list_path = es.task_list_path
WHERE tq.status = 'queued'
ORDER BY priority_order ASC, tq.position ASC;
INSERT INTO executor_state (id, task_list_path, status, config_json, total_tasks, started_at)
    VALUES ('ex-1', '/lists/a.md', 'paused', '{"maxConcurrent":3}', 7, '2025-12-01 10:00:00');
INSERT INTO task_queue (id, task_list_path, task_id, priority, section, description, dependencies,
    status, assigned_agent, position, attempts, last_error, queued_at, started_at, completed_at) VALUES
    ('q1', '/lists/a.md', 'A', 'P1', 'One', 'done at once', '[]', 'completed', 'claude', 1, 1, NULL,
     '2025-12-01 10:00:00', '2025-12-01 10:01:00', '2025-12-01 10:02:00'),
    ('q2', '/lists/a.md', 'B', 'P2', 'One', 'failed twice', '["A"]', 'failed', 'claude', 2, 2, 'exit 1',
     '2025-12-01 10:00:00', '2025-12-01 10:03:00', '2025-12-01 10:04:00'),
    ('q3', '/lists/a.md', 'C', 'P2', NULL, 'was running', '["A", "A"]', 'running', 'claude', 3, 1, NULL,
     '2025-12-01 10:00:00', '2025-12-01 10:05:00', NULL),
    ('q4', '/lists/a.md', 'D', 'P3', NULL, 'waits for C', '["C"]', 'queued', NULL, 4, 0, NULL,
     '2025-12-01 10:00:00', NULL, NULL),
    ('q5', '/lists/a.md', 'E', 'P4', NULL, 'skipped', NULL, 'skipped', NULL, 5, 0, 'not now',
     '2025-12-01 10:00:00', NULL, '2025-12-01 10:06:00'),
    ('q6', '/lists/a.md', 'F', 'P2', NULL, 'tried once', '["Z"]', NULL, NULL, 6, NULL, 'exit 2',
     NULL, NULL, NULL),
    ('q7', '/lists/b.md', 'A', 'P1', NULL, 'of a list without an executor', NULL, 'completed', NULL, 1,
     0, NULL, '2025-12-01 10:00:00', NULL, NULL);
