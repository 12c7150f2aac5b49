/** How many columns of a terminal a text takes; it must hold no control characters. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** A text in at most `width` columns: cut, with an ellipsis for what is missing. */
export function clip(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  if (width <= 0) return '';
  let kept = '';
  let used = 0;
  for (const character of text) {
    const next = characterWidth(character);
    if (used + next > width - 1) break;
    kept += character;
    used += next;
  }
  return `${kept}…`;
}

/** The same, filled up with blanks to exactly `width` columns. */
export function pad(text: string, width: number): string {
  const cut = clip(text, width);
  return cut + ' '.repeat(Math.max(0, width - textWidth(cut)));
}

/** One line without control characters, fit to be shown amid others. */
export function oneLine(text: string): string {
  return text
    .replace(ESCAPES, '')
    .replace(TURNS, '')
    .replace(CONTROLS, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
}

const PLAIN = /^[ -~]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
const ESCAPES = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|.)?/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
/** What would turn the direction of all that follows, Pawl's own words too. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
/** Shown as a picture unless something else is said (`✅`): those are wide wherever they stand. */
const PICTURE = /^\p{Emoji_Presentation}$/u;
/** Wide by the Unicode standard's annex 11, in whole blocks. */
const WIDE = new RegExp(
  '^[\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\ua4cf\\uac00-\\ud7a3\\uf900-\\ufaff' +
    '\\ufe30-\\ufe6f\\uff00-\\uff60\\uffe0-\\uffe6\\u{1f300}-\\u{1faff}\\u{20000}-\\u{3fffd}]$',
  'u',
);

function characterWidth(character: string): number {
  if (ZERO.test(character)) return 0;
  return WIDE.test(character) || PICTURE.test(character) ? 2 : 1;
}
