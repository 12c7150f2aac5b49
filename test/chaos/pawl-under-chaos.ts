import { registerHooks } from 'node:module';

/**
 * The command `pawl` as it is, in a world that carries out orders. Only the module of the real
 * world is exchanged, so that what is killed is what users run.
 */
const REAL = new URL('../../src/world/real-world.ts', import.meta.url).href;
const CHAOS = new URL('./chaos-real-world.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) => {
    const resolved = next(specifier, context);
    const exchange = resolved.url === REAL && context.parentURL !== CHAOS;
    return exchange ? { ...resolved, url: CHAOS } : resolved;
  },
});

await import('../../src/cli/main.ts');
