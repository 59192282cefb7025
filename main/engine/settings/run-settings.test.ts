import { expect, test } from 'vitest';
import { toRunSettings } from './run-settings.ts';
import { SettingsValues } from './settings-schema.ts';

const run = (written: object) => toRunSettings(SettingsValues.parse(written), { root: '/p', home: '/home/me' });

test('without settings there are no limits, all tools and the usual searches', () => {
  expect(run({})).toEqual({
    limits: {},
    allowsLoops: false,
    compactAt: 0.85,
    memoryFileNames: undefined,
    includeFolders: [],
    search: { respectGitIgnore: true, respectQwenIgnore: true, ignoreFiles: [] },
    tools: { core: undefined, excluded: [], allowed: [] },
    results: {},
    shell: {},
    web: { allowPrivate: false },
    keepsRecords: true,
    answerLanguage: undefined,
    readsManagedMemory: true,
    outputFormat: undefined,
  });
});

test('settings are read', () => {
  expect(
    run({
      model: { maxSessionTurns: 3, maxToolCalls: 4, maxWallTimeSeconds: 5, skipLoopDetection: true },
      context: {
        fileName: 'ME.md',
        autoCompactThreshold: 0.6,
        includeDirectories: ['~/a', 'b', '/c', 'b'],
        fileFiltering: { respectGitIgnore: false, customIgnoreFiles: ['.x'] },
      },
      tools: {
        core: ['glob'],
        exclude: ['edit'],
        disabled: ['write_file'],
        allowed: ['Bash(git:*)'],
        truncateToolOutputThreshold: -1,
        truncateToolOutputLines: 7,
        shell: { defaultTimeoutMs: 9 },
      },
      gantry: { webFetch: { allowPrivate: true } },
      general: { chatRecording: false, outputLanguage: ' Deutsch ' },
      output: { format: 'json' },
      memory: { enableManagedAutoMemory: false },
    }),
  ).toEqual({
    limits: { maxTurns: 3, maxToolCalls: 4, maxWallTimeMs: 5000 },
    allowsLoops: true,
    compactAt: 0.6,
    memoryFileNames: ['ME.md'],
    includeFolders: ['/home/me/a', '/p/b', '/c'],
    search: { respectGitIgnore: false, respectQwenIgnore: true, ignoreFiles: ['.x'] },
    tools: { core: ['glob'], excluded: ['edit', 'write_file'], allowed: ['Bash(git:*)'] },
    results: { maxChars: Number.POSITIVE_INFINITY, maxLines: 7 },
    shell: { timeoutMs: 9 },
    web: { allowPrivate: true },
    keepsRecords: false,
    answerLanguage: 'Deutsch',
    readsManagedMemory: false,
    outputFormat: 'json',
  });
});

test.each([
  [1, 1],
  [1.01, 0.85],
  [0, Number.POSITIVE_INFINITY],
  [-1, Number.POSITIVE_INFINITY],
])('a share of %d summarizes at %d', (autoCompactThreshold, compactAt) => {
  expect(run({ context: { autoCompactThreshold } }).compactAt).toBe(compactAt);
});

test('a rule that denies a whole tool removes it, but not a tool of a server', () => {
  const deny = ['web_fetch', 'glob(*)', 'Bash(rm *)', 'mcp__docs__search'];
  expect(run({ permissions: { deny } }).tools.excluded).toEqual(['web_fetch', 'glob(*)']);
});

test('-1 means no limit, a memory file is a bare name, and an invalid value counts as absent', () => {
  const read = run({
    model: { maxSessionTurns: -1 },
    context: { fileName: ['../../etc/passwd', 7] },
    general: { outputLanguage: 'auto' },
    output: { format: 'xml' },
  });
  expect(read).toMatchObject({ limits: {}, memoryFileNames: undefined, answerLanguage: undefined, outputFormat: undefined });
});
