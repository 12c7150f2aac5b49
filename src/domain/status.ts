/** Stored words, for ever. Derived states (ready, blocked, delayed) are never stored. */
export const TASK_STATUSES = [
  'queued',
  'running',
  'waiting',
  'completed',
  'failed',
  'skipped',
  'cancelled',
] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

export const TERMINAL_STATUSES = ['completed', 'failed', 'skipped', 'cancelled'] as const;
export type TerminalStatus = (typeof TERMINAL_STATUSES)[number];

export function isTerminal(status: TaskStatus): status is TerminalStatus {
  return (TERMINAL_STATUSES as readonly TaskStatus[]).includes(status);
}

/** What a person asked of a list's executor. Who really executes stands in `instances`. */
export const EXECUTOR_STATUSES = ['stopped', 'running', 'paused'] as const;
export type ExecutorStatus = (typeof EXECUTOR_STATUSES)[number];

/** What becomes of a task when one it depends on ends without completing. */
export const ON_DEP_FAILURE = ['skip', 'fail', 'run'] as const;
export type OnDepFailure = (typeof ON_DEP_FAILURE)[number];

/** Words of other tools and other languages, read as ours. Output always uses ours. */
const WORDS: Readonly<Partial<Record<TaskStatus, readonly string[]>>> = {
  queued: [
    ...['todo', 'to do', 'to-do', 'pending', 'open', 'ready', 'planned', 'backlog', 'next'],
    ...['new', 'upcoming', 'proposed', 'not started', 'not done', 'not yet started'],
    ...['offen', 'geplant', 'ausstehend', 'nicht begonnen', 'pendiente', 'por hacer'],
    ...['pendente', 'a fazer', 'à faire', 'ожидает', 'открыто', 'не начато', 'запланировано'],
    ...['待办', '待处理', '待开始', '待完成', '未开始', '未完成', '计划中', '未着手', '未対応'],
    ...['予定', '대기', '예정', 'belum mulai'],
  ],
  running: [
    ...['in_progress', 'in progress', 'in-progress', 'active', 'partial', 'partially done', 'wip'],
    ...['started', 'doing', 'ongoing', 'in review', 'review'],
    ...['in arbeit', 'in bearbeitung', 'teilweise', 'en progreso', 'en curso', 'em andamento'],
    ...['em progresso', 'en cours', 'в работе', 'в процессе', '进行中', '开发中', '处理中'],
    ...['部分完成', '進行中', '対応中', '作業中', '진행중', '진행 중', 'berjalan'],
  ],
  waiting: [
    ...['blocked', 'on hold', 'paused', 'blockiert', 'bloqueado', 'bloqué', 'заблокировано'],
    ...['阻塞', '已阻塞', '暂停', '保留', '중단'],
  ],
  completed: [
    ...['done', 'complete', 'closed', 'finished', 'fixed', 'resolved', 'merged', 'shipped'],
    ...['landed', 'implemented', 'verified'],
    ...['erledigt', 'fertig', 'abgeschlossen', 'umgesetzt', 'completado', 'completada', 'hecho'],
    ...['terminado', 'concluído', 'concluída', 'feito', 'terminé', 'fait', 'готово'],
    ...['выполнено', 'завершено', 'сделано', '完成', '已完成', '已修复', '已实现', '已验收'],
    ...['完了', '済', '済み', '対応済み', '実装済み', '완료', 'selesai'],
  ],
  failed: ['error', 'fehlgeschlagen', '失败', '失敗', '실패'],
  skipped: [
    ...['n/a', 'wontfix', "won't fix", "won't do", 'deferred', 'postponed', 'dropped', 'obsolete'],
    ...['out of scope', 'zurückgestellt', 'verschoben', 'entfällt', '跳过', '推迟', 'スキップ'],
  ],
  cancelled: ['canceled', 'abgebrochen', '取消', '已取消', '中止', '취소'],
};

const STATUS_OF: ReadonlyMap<string, TaskStatus> = new Map(
  TASK_STATUSES.flatMap((status) =>
    [status, ...(WORDS[status] ?? [])].map((word) => [word, status] as const),
  ),
);

/** Read a status word of ours or of another tool; null when it is neither. */
export function readStatus(word: string): TaskStatus | null {
  return STATUS_OF.get(word.trim().toLowerCase().normalize('NFC')) ?? null;
}
