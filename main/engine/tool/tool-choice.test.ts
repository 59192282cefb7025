import { expect, test } from 'vitest';
import { createBuiltinTools } from './builtin-tools.ts';
import { chooseTools } from './tool-choice.ts';
import { createToolRegistry } from './tool-registry.ts';

const all = createToolRegistry(createBuiltinTools());

test('with nothing chosen all tools are there', () => {
  expect(chooseTools(all, { core: undefined, excluded: [] }).names).toEqual(all.names);
});

test('the list of core tools says nothing about those of servers, a list of excluded ones does', () => {
  const base = all.child();
  base.add(
    all
      .entries()
      .slice(0, 2)
      .map(({ tool }, at) => ({ ...tool, name: `mcp__s__${at}` })),
  );
  expect(chooseTools(base, { core: ['edit'], excluded: ['mcp__s__1'] }).names).toEqual(['edit', 'mcp__s__0']);
});

test.each([
  ['only the core tools', { core: ['ReadFileTool', 'run_shell_command(git *)'], excluded: [] }, ['read_file', 'run_shell_command']],
  ['without the excluded ones', { core: ['glob', 'edit'], excluded: ['replace'] }, ['glob']],
])('%s can be called and are sent to the model', (_name, choice, names) => {
  const chosen = chooseTools(all, choice);
  expect(chosen.names).toEqual(names);
  expect(chosen.schemas.map((schema) => schema.name)).toEqual(names);
  expect(chosen.get('edit')).toBeUndefined();
});

test('a rule about some commands lets the tool stay', () => {
  expect(chooseTools(all, { core: undefined, excluded: ['run_shell_command(rm *)'] }).names).toEqual(all.names);
});

test('a rule that refuses a whole tool takes it away by any of its names; one with a specifier lets it stay', () => {
  const gone = (rule: string) => {
    const { names } = createToolRegistry(createBuiltinTools());
    const left = chooseTools(createToolRegistry(createBuiltinTools()), { core: undefined, excluded: [rule] }).names;
    return names.filter((name) => !left.includes(name));
  };
  expect(gone('Bash')).toEqual(['run_shell_command']);
  expect(gone('Write')).toEqual(['write_file']);
  expect(gone('Bash(rm *)')).toEqual([]);
});
