import { expect, test } from 'vitest';
import { createPageCommands, type PageCommand } from './page-commands.ts';

const NEW_SESSION: PageCommand = { command: 'new_session' };
const OPEN: PageCommand = { command: 'open_folder', path: '/project' };

test('commands sent before the page exists are delivered once, in order, after its hello', () => {
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

test('an existing page gets a command at once', () => {
  const sent: PageCommand[] = [];
  const commands = createPageCommands();
  commands.open({ isThere: () => true, send: (command) => sent.push(command) });
  commands.invoke(NEW_SESSION);
  expect(sent).toEqual([NEW_SESSION]);
});
