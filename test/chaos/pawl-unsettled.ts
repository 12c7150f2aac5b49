import { registerHooks } from 'node:module';

/** The command `pawl` as it would be had nobody thought of waiting over half a file. */
const SETTLING = new URL('../../src/operations/until-settled.ts', import.meta.url).href;
const UNSETTLED = new URL('./never-settling.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) => {
    const resolved = next(specifier, context);
    return resolved.url === SETTLING ? { ...resolved, url: UNSETTLED } : resolved;
  },
});

await import('./pawl-under-chaos.ts');
