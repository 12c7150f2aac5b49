import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readMoment } from './read-moment.ts';

describe('a moment of another program', () => {
  beforeEach(() => {
    vi.stubEnv('TZ', 'America/New_York');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it("that names no zone is the host's, or UTC, as its column has it", () => {
    const text = '2025-05-27T05:00:00.123456';
    expect(readMoment(text, 'utc')).toBe(Date.UTC(2025, 4, 27, 5, 0, 0, 123));
    expect(readMoment(text, 'local')).toBe(Date.UTC(2025, 4, 27, 9, 0, 0, 123));
    expect(readMoment('2025-01-27 05:00:00', 'local')).toBe(Date.UTC(2025, 0, 27, 10));
  });

  it('that names one is that, whatever the column', () => {
    for (const zone of ['local', 'utc'] as const) {
      expect(readMoment('2025-05-27T05:00:00Z', zone)).toBe(Date.UTC(2025, 4, 27, 5));
      expect(readMoment('2025-05-27T05:00:00+02:00', zone)).toBe(Date.UTC(2025, 4, 27, 3));
    }
  });

  it('may be a day, seconds or milliseconds', () => {
    expect(readMoment('2025-05-27', 'utc')).toBe(Date.UTC(2025, 4, 27));
    expect(readMoment(1_748_300_400, 'utc')).toBe(1_748_300_400_000);
    expect(readMoment(1_748_300_400_000.7, 'utc')).toBe(1_748_300_400_000);
  });

  it('that cannot be is none', () => {
    const none = ['2025-13-01', '2025-02-30', '27 May 2025', '', '0000-00-00', '2025-05-27T25:00'];
    for (const text of [...none, null, undefined, {}, Number.NaN, -1, 1e300]) {
      expect(readMoment(text, 'local')).toBe(null);
    }
  });
});
