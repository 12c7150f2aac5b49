/** The version of this Pawl; `version.test.ts` holds it to the manifest's. */
export const PAWL_VERSION = '0.1.0';
