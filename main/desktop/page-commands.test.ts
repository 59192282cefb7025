import { expect, test } from 'vitest';
import { createPageCommands, type PageCommand } from './page-commands.ts';

const NEW_SESSION: PageCommand = { command: 'new_session' };
const OPEN: PageCommand = { command: 'open_folder', path: '/project' };

test('what is asked for before there is a page is told, in order and once, when it says hello', () => {
  const sent: PageCommand[] = [];
  const commands = createPageCommands();
  commands.invoke(OPEN);
  commands.open({ isThere: () => false, send: (command) => sent.push(command) });
  commands.invoke(NEW_SESSION);
  expect(sent).toEqual([]);
  commands.flush();
  commands.flush();
  expect(sent).toEqual([OPEN, NEW_SESSION]);
});

test('a page that is there is told at once', () => {
  const sent: PageCommand[] = [];
  const commands = createPageCommands();
  commands.open({ isThere: () => true, send: (command) => sent.push(command) });
  commands.invoke(NEW_SESSION);
  expect(sent).toEqual([NEW_SESSION]);
});
