/** How the values of each type come back: whole numbers as numbers, a condition as 1 or 0. */
const PARSERS: Readonly<Record<number, (text: string) => string | number>> = {
  16: (text) => (text === 't' ? 1 : 0),
  20: Number,
  21: Number,
  23: Number,
  700: Number,
  701: Number,
  1700: Number,
};
const asText = (text: string): string => text;
export const TYPE_PARSERS = { getTypeParser: (oid: number) => PARSERS[oid] ?? asText };
