import { expect, test } from 'vitest';
import type { CommandSummary } from '../../../../preload/contract/index.ts';
import { findCommand, matchCommands, slashName } from './slash-input.ts';

const command = (name: string, over: Partial<CommandSummary> = {}): CommandSummary => ({
  name,
  aliases: [],
  description: '',
  runsIn: 'engine',
  source: 'built-in',
  ...over,
});

test('the first word after a slash is a command, a path is not', () => {
  expect(slashName('/git:commit fix it\nnow')).toEqual({ name: 'git:commit', args: 'fix it\nnow' });
  expect([slashName('/usr/bin/env'), slashName('// note'), slashName('and /help')]).toEqual([undefined, undefined, undefined]);
});

test('names and aliases that begin with the query precede those that contain it', () => {
  const all = [
    command('export'),
    command('resume', { aliases: ['sessions'] }),
    command('model', { description: 'Export nothing' }),
    command('x'),
  ];
  expect(matchCommands(all, 'ex').map(({ name }) => name)).toEqual(['export', 'model']);
  expect(matchCommands(all, 'ses').map(({ name }) => name)).toEqual(['resume']);
  expect(matchCommands(all, '')).toHaveLength(4);
});

test('a name precedes an alias', () => {
  const all = [command('clear', { aliases: ['new'] }), command('new')];
  expect([findCommand(all, 'new')?.name, findCommand(all, 'clear')?.name, findCommand(all, 'none')]).toEqual(['new', 'clear', undefined]);
});
