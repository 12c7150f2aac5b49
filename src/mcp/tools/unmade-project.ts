import type { TemplateContext } from '../../operations/template-context.ts';
import type { OutsideDesk } from '../tool.ts';

/** A project whose state folder is not made yet, for what needs no store. */
export function unmade({ door, place }: OutsideDesk): TemplateContext {
  const { world, log } = door;
  return { world, log, root: place.root, stateDir: `${place.root}/.pawl` };
}
