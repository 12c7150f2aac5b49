import { writeFileSync } from 'node:fs';
import { schemaLock, schemaLockPath } from './schema-lock-text.ts';

// The lock file shows in every review what a change of the schema means for stored data.
writeFileSync(schemaLockPath, schemaLock());
