/**
 * What databases say in different words. The verbs are written with these, in words that one of
 * them understands as they stand; the driver of another one puts its own words in their place.
 * See "Portable SQL" in `store/DESIGN.md`.
 */

/** The texts of a JSON array that is one parameter, as rows with a column `value`. */
export const EACH_TEXT = 'json_each(?)';

/** The arrays in such an array. A member of one is `value ->> 0`, a text: `CAST` it to a number. */
export const EACH_ROW = "json_each(?, '$')";

/** Ends a SELECT of rows to be claimed: those that somebody else holds just now are passed over. */
export const FOR_CLAIM = '/* for claim */';
