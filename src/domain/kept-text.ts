/**
 * Text as every database takes it and gives it back: without half a surrogate pair, and without
 * NUL, which no text of PostgreSQL may have. Each is replaced by U+FFFD, whatever printed it.
 */
export function keptText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}
