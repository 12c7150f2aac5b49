/** A list in which each task waits for the one before it. */
export function chainList(count: number): string {
  return listOf(count, (number) => (number === 1 ? '' : `T-${number - 1}`));
}

/** A list of tasks that wait for nothing. */
export function wideList(count: number): string {
  return listOf(count, () => '');
}

function listOf(count: number, dependencies: (number: number) => string): string {
  const rows = Array.from({ length: count }, (_, index) => {
    const number = index + 1;
    return `| T-${number} | Write part ${number} | P2 | [ ] | ${dependencies(number)} |`;
  });
  const head = [
    '# Bench',
    '',
    '| ID | Task | Pri | Status | Depends on |',
    '|---|---|---|---|---|',
  ];
  return `${[...head, ...rows].join('\n')}\n`;
}
