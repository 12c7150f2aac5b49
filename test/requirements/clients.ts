import { by, proved, type Requirement } from './requirement.ts';

const EDITS = 'src/clients/edit-properties.test.ts';
const PLAN = 'src/clients/plan-setup.test.ts';
const SETUP = 'src/operations/setup-client.test.ts';
const CLI = 'test/e2e/cli-setup.test.ts';

/** The settings of AI clients, which belong to others. */
export const SETTINGS_OF_CLIENTS: readonly Requirement[] = [
  {
    id: 'M-setup-bytes',
    phrase: 'JSONC and TOML edited in place with comments kept',
    promise: 'Setting a client up changes no byte of its settings but the entry.',
    standing: proved(
      by(EDITS, 'leaves every other byte where it was, whatever the file looks like'),
      by(EDITS, 'control: writing the whole file anew would lose comments that this keeps'),
    ),
  },
  {
    id: 'M-setup-reversible',
    phrase: 'atomic, with a backup and a shown diff, reversible',
    promise: 'Taking it back gives the file as it was, or what its owner made of it since.',
    standing: proved(
      by(
        PLAN,
        'are set up and taken back to the very byte, also after an upgrade in between',
        'keep what their owner writes between setting up and taking back',
      ),
      by(SETUP, 'is done once, and taken back to the byte; what was replaced is kept'),
      by(CLI, '$name: set up, again, and taken back'),
    ),
  },
  {
    id: 'M-setup-faults',
    phrase: 'pawl doctor` checks them',
    promise: 'What cannot be read or written is named with a remedy and left as it is.',
    standing: proved(
      by(SETUP, 'that cannot be read are left as they are, with the place and a remedy'),
      by('src/operations/diagnose-clients.test.ts', 'and starts %s is a fault'),
    ),
  },
  {
    id: 'M-setup-moving',
    phrase: 'changing one line of `.mcp.json` is enough',
    promise: "The older orchestrator's entry starts Pawl under its own key, all else kept.",
    standing: proved(
      by(PLAN, 'changes what the entry starts, and keeps its key and all else'),
      by(CLI, 'takes the place of the older orchestrator under its own key'),
    ),
  },
  {
    id: 'M-distribution',
    phrase: 'an `.mcpb` bundle that validates and packs',
    promise: 'Registry entry, plugin and bundle come from one description, and start.',
    standing: proved(
      by('test/distribution.test.ts', '%s is what `npm run distribution` writes'),
      by(
        'test/e2e/distribution.test.ts',
        'the bundle validates, packs, and what is unpacked answers a client',
        'what `pawl setup` writes answers a client',
      ),
    ),
  },
];
