import { expect, test } from 'vitest';
import { mergeSettings, withoutOperatorKeys } from './merge-settings.ts';

test('objects merge key by key and the higher layer takes precedence', () => {
  expect(mergeSettings([{ a: { x: 1, y: 1 } }, { a: { y: 2 } }, { b: 3 }])).toEqual({ a: { x: 1, y: 2 }, b: 3 });
});

test.each(['allow', 'ask', 'deny'])('the lists of permissions.%s are combined', (list) => {
  const layers = [{ permissions: { [list]: ['a', 'b'] } }, { permissions: { [list]: ['b', 'c'] } }];
  expect(mergeSettings(layers)).toEqual({ permissions: { [list]: ['a', 'b', 'c'] } });
});

test('a list of models is replaced', () => {
  const layers = [{ modelProviders: { openai: [1] } }, { modelProviders: { openai: [2] } }];
  expect(mergeSettings(layers)).toEqual({ modelProviders: { openai: [2] } });
});

test('a file cannot reach the prototype of objects', () => {
  mergeSettings([{}, JSON.parse('{"__proto__": {"polluted": true}}')]);
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
});

test.each([
  ['hooks add up', { hooks: { Stop: [1] } }, { hooks: { Stop: [1] } }, { hooks: { Stop: [1, 1] } }],
  [
    'a server is replaced as a whole',
    { mcpServers: { a: { url: 'x' } } },
    { mcpServers: { a: { command: 'y' } } },
    { mcpServers: { a: { command: 'y' } } },
  ],
  [
    'a single name joins a list',
    { context: { includeDirectories: ['a'] } },
    { context: { includeDirectories: 'b' } },
    { context: { includeDirectories: ['a', 'b'] } },
  ],
  [
    'disabled tools add up, core tools are replaced',
    { tools: { disabled: ['a'], core: ['b'] } },
    { tools: { disabled: ['a', 'c'], core: ['d'] } },
    { tools: { disabled: ['a', 'c'], core: ['d'] } },
  ],
])('%s', (_name, low, high, merged) => {
  expect(mergeSettings([low, high])).toEqual(merged);
});

test.each([
  'review',
  'proxy',
  'serve',
  'tools.executionSandbox',
  'tools.workflowsEnabled',
  'ui.brand',
  'security.allowPrivateNetworkHooks',
  'security.folderTrust',
  'goals.modelProposed',
  'gantry.shell.passEnv',
  'model.enableOpenAILogging',
  'model.openAILoggingDir',
])('a project cannot set %s', (path) => {
  const [first = '', ...rest] = path.split('.');
  const value = rest.reduceRight<unknown>((inner, key) => ({ [key]: inner }), 'theirs');
  expect(JSON.stringify(withoutOperatorKeys({ [first]: value }))).not.toContain('theirs');
});

test('only the operator’s keys are removed from a project’s layer', () => {
  expect(withoutOperatorKeys({ proxy: 'x', tools: { executionSandbox: 1, core: [] }, review: {}, ui: { theme: 'a' } })).toEqual({
    tools: { core: [] },
    ui: { theme: 'a' },
  });
});
