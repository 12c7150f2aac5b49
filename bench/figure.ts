/** One measured thing, worded for people, with what it is compared with and what was promised. */
export interface Figure {
  readonly what: string;
  readonly measured: string;
  /** What stands beside it: a floor, another way, another product. */
  readonly beside: string;
  /** The comparison, as a person reads it: `71 %`, `12.3 times`, `+4.1 ms`. */
  readonly ratio: string;
  /** Empty when the figure is for information. */
  readonly goal: string;
  readonly met: boolean | null;
}

export interface Section {
  readonly name: string;
  readonly title: string;
  /** How it is measured: what a reader must know to judge the figures. Markdown. */
  readonly about: string;
  run(note: (progress: string) => void): Promise<readonly Figure[]>;
}

export const perSecond = (value: number): string => `${grouped(value)} /s`;
export const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
export const times = (ratio: number): string => `${ratio.toFixed(ratio < 10 ? 2 : 1)} times`;
export const millis = (ms: number): string => `${ms.toFixed(ms < 10 ? 2 : 1)} ms`;

/** `12345.6` as `12,346`. */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A figure that is shown without a goal. */
export function information(what: string, measured: string, beside = '', ratio = ''): Figure {
  return { what, measured, beside, ratio, goal: '', met: null };
}
