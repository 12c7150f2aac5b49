import lock from './schema.lock.json' with { type: 'json' };

/** Names this schema: written into a store when it is made, compared before every write. */
export const SCHEMA_FINGERPRINT: string = lock.sha256;
