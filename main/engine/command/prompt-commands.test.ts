import { expect, test } from 'vitest';
import type { McpPrompt } from '../mcp/index.ts';
import { argumentHint, promptCommands, promptHelp, readArguments } from './prompt-commands.ts';

const prompt = (name: string, given: Readonly<Record<string, boolean>> = {}, server = 'srv'): McpPrompt => ({
  name,
  server,
  description: 'Says it',
  arguments: Object.entries(given).map(([argument, isRequired]) => ({ name: argument, description: 'd', isRequired })),
});
const command = (given: Readonly<Record<string, boolean>>) => ({ name: 'p', prompt: prompt('p', given) });
const read = (typed: string, given: Readonly<Record<string, boolean>>) => readArguments(typed, command(given));

test('a prompt has its own name, a second prompt with that name gets the server as prefix, and special characters become typable', () => {
  const all = [prompt('ask'), prompt('ask', {}, 'other'), prompt('ask', {}, 'other'), prompt('two words/x'), prompt('-dash')];
  expect(promptCommands(all).map(({ name }) => name)).toEqual(['ask', 'other_ask', 'two_words_x', '_-dash']);
});

test('arguments are named, quoted, or words for the required ones in their order', () => {
  const both = { city: true, state: true, note: false };
  expect(read('--city=Paris --state="Ile de \\"F\\"" --note=x', both)).toEqual({
    ok: true,
    values: { city: 'Paris', state: 'Ile de "F"', note: 'x' },
  });
  expect(read('"New York" NY', both)).toEqual({ ok: true, values: { city: 'New York', state: 'NY' } });
  expect(read('NY --city="New York"', both)).toEqual({ ok: true, values: { city: 'New York', state: 'NY' } });
});

test('the last remaining required argument takes every word', () => {
  expect(read('New York City', { city: true, state: false })).toEqual({ ok: true, values: { city: 'New York City' } });
  expect(read('a - b --state=NY', { city: true, state: false })).toEqual({ ok: true, values: { city: 'a - b', state: 'NY' } });
});

test('missing, unknown or extra arguments are reported, and nothing is sent', () => {
  expect(read('', { city: true })).toEqual({ ok: false, problem: 'Missing: --city="...".' });
  expect(read('Paris', { city: true, state: true })).toEqual({ ok: false, problem: 'Missing: --state="...".' });
  expect(read('--town=x Paris', { city: true })).toEqual({ ok: false, problem: 'Unknown argument: town.' });
  expect(read('Paris', { state: false })).toMatchObject({ ok: false });
  expect(read('', {})).toEqual({ ok: true, values: {} });
  expect(read('x', {})).toMatchObject({ ok: false });
});

test('hint and help name the arguments as they are typed', () => {
  const both = command({ city: true, state: false });
  expect(argumentHint(both)).toBe('<city> [--state="..."]');
  expect(argumentHint(command({}))).toBeUndefined();
  expect(promptHelp(both)).toMatchObject({
    code: 'prompt_help',
    arguments: expect.arrayContaining([{ name: 'city', isRequired: true, description: 'd' }]),
  });
});
