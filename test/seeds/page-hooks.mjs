/**
 * Lets the samples of the AdCP page run as they are printed: `node --import ./page-hooks.mjs page/NAME.mjs`.
 *
 * The page calls a public test agent by name. Here that name resolves to a client of the same package that
 * differs in the agent's address and key, and nothing else. SEED_PACKAGE says which package plays @adcp/client.
 */
import { registerHooks } from 'node:module';

const package_ = process.env.SEED_PACKAGE ?? '@adcp/client';
const agent = new URL('./page-agent.mjs', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === '@adcp/client/testing' && context.parentURL !== agent) return next(agent, context);
    if (specifier === '@adcp/client') return next(package_, context);
    return next(specifier, context);
  },
});
