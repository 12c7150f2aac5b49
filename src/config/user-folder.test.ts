import { expect, it } from 'vitest';
import { userFolder } from './user-folder.ts';

it("a user's folder is where XDG_CONFIG_HOME says, if that is an absolute path", () => {
  expect(userFolder({}, '/people/u')).toBe('/people/u/.config/pawl');
  expect(userFolder({ XDG_CONFIG_HOME: '/x/y/' }, '/people/u')).toBe('/x/y/pawl');
  expect(userFolder({ XDG_CONFIG_HOME: 'relative' }, '/people/u')).toBe('/people/u/.config/pawl');
  expect(userFolder({ XDG_CONFIG_HOME: '' }, '/people/u')).toBe('/people/u/.config/pawl');
});
