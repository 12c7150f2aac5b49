import { expect, it } from 'vitest';
import { userFolder } from './user-folder.ts';

it("a user's folder is where XDG_CONFIG_HOME says, if that is an absolute path", () => {
  expect(userFolder({}, '/home/u')).toBe('/home/u/.config/pawl');
  expect(userFolder({ XDG_CONFIG_HOME: '/x/y/' }, '/home/u')).toBe('/x/y/pawl');
  expect(userFolder({ XDG_CONFIG_HOME: 'relative' }, '/home/u')).toBe('/home/u/.config/pawl');
  expect(userFolder({ XDG_CONFIG_HOME: '' }, '/home/u')).toBe('/home/u/.config/pawl');
});
