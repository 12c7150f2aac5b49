import type { TestCase, TestModule } from 'vitest/node';

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * Ends a run with lines that can be counted: a tally for each kind of proof, every skipped test
 * with its reason, and the seed that replays the run.
 */
export class RunSummary {
  readonly #seed: number;
  readonly #full: boolean;

  constructor(run: { readonly seed: number; readonly full: boolean }) {
    this.#seed = run.seed;
    this.#full = run.full;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    console.log(this.render(modules));
  }

  render(modules: readonly TestModule[]): string {
    const tallies = new Map<string, Tally>();
    const skipped: string[] = [];
    for (const module of modules) {
      const tally = tallies.get(module.project.name) ?? { passed: 0, failed: 0, skipped: 0 };
      tallies.set(module.project.name, tally);
      // A file that fails before its first test has no test that could be counted.
      if (module.errors().length > 0) tally.failed += 1;
      for (const test of module.children.allTests()) {
        const state = outcome(test);
        tally[state] += 1;
        if (state === 'skipped') skipped.push(`  skipped: ${test.fullName}: ${reason(test)}`);
      }
    }
    const depth = this.#full ? 'full' : 'reduced';
    return [
      ...[...tallies].map(([name, tally]) => `  ${name.padEnd(8)} ${words(tally)}`),
      ...skipped,
      `  depth ${depth}, seed ${this.#seed} (replay: PAWL_TEST_SEED=${this.#seed})`,
      '',
    ].join('\n');
  }
}

function outcome(test: TestCase): keyof Tally {
  const { state } = test.result();
  return state === 'passed' || state === 'failed' ? state : 'skipped';
}

function reason(test: TestCase): string {
  const result = test.result();
  return (result.state === 'skipped' ? result.note : undefined) ?? 'no reason given';
}

function words(tally: Tally): string {
  return `${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`;
}
