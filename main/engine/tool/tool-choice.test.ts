import { expect, test } from 'vitest';
import { createBuiltinTools } from './builtin-tools.ts';
import { chooseTools } from './tool-choice.ts';
import { createToolRegistry } from './tool-registry.ts';

const all = createToolRegistry(createBuiltinTools());

test('with nothing chosen the registry is the same one', () => {
  expect(chooseTools(all, { core: undefined, excluded: [] })).toBe(all);
});

test.each([
  ['only the core tools', { core: ['ReadFileTool', 'run_shell_command(git *)'], excluded: [] }, ['read_file', 'run_shell_command']],
  ['without the excluded ones', { core: ['glob', 'edit'], excluded: ['replace'] }, ['glob']],
])('%s can be called and are told to the model', (_name, choice, names) => {
  const chosen = chooseTools(all, choice);
  expect(chosen.names).toEqual(names);
  expect(chosen.schemas.map((schema) => schema.name)).toEqual(names);
  expect(chosen.get('edit')).toBeUndefined();
});

test('a rule about some commands lets the tool stay', () => {
  expect(chooseTools(all, { core: undefined, excluded: ['run_shell_command(rm *)'] })).toBe(all);
});
