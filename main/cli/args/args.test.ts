import { expect, test } from 'vitest';
import { parseCommandLine, type RunArgs } from './args.ts';
import { nearest } from './flags.ts';

const DEFAULTS: RunArgs = {
  kind: 'run',
  inputFormat: 'text',
  outputFormat: undefined,
  includePartialMessages: false,
  session: { kind: 'new' },
  fork: false,
  allowedTools: [],
  trust: false,
  trustedEndpoints: [],
  includeDirectories: [],
  allFiles: false,
  settings: {},
  mcpConfigs: [],
  background: 'stop',
  debug: false,
  notes: [],
};
const UUID = '3f2b8c1e-0d4a-4c6e-9f7b-1a2b3c4d5e6f';

test.each<[string[], Partial<RunArgs>]>([
  [[], {}],
  [['-p', 'hi'], { prompt: 'hi' }],
  [['--prompt', 'hi'], { prompt: 'hi' }],
  [['fix', 'the', 'bug'], { prompt: 'fix the bug' }],
  [['-p'], {}],
  [['-o', 'json', '-p'], { outputFormat: 'json' }],
  [['--', '--not-a-flag'], { prompt: '--not-a-flag' }],
  [['-o', 'stream-json', '--include-partial-messages'], { outputFormat: 'stream-json', includePartialMessages: true }],
  [['--input-format', 'text'], {}],
  [['--input-format', 'stream-json', '-o', 'stream-json'], { inputFormat: 'stream-json', outputFormat: 'stream-json' }],
  [['--all-files', 'hi'], { allFiles: true, prompt: 'hi' }],
  [['-m', 'qwen3'], { model: 'qwen3' }],
  [['-y'], { approvalMode: 'yolo' }],
  [['--approval-mode', 'auto-edit'], { approvalMode: 'auto-edit' }],
  [['--allowed-tools', 'edit,glob', '--allowed-tools', 'Bash(git log, -n 1)'], { allowedTools: ['edit', 'glob', 'Bash(git log, -n 1)'] }],
  [['--max-session-turns', '3', '--max-tool-calls', '0'], { maxSessionTurns: 3, maxToolCalls: 0 }],
  [['--max-session-turns=-1'], {}],
  [['--system-prompt', 'a', '--append-system-prompt', 'b'], { systemPrompt: 'a', appendSystemPrompt: 'b' }],
  [['-c'], { session: { kind: 'continue' } }],
  [['-r', 'abc'], { session: { kind: 'resume', id: 'abc' } }],
  [['-r'], { session: { kind: 'resume', id: '' } }],
  [['--resume', '-p', 'hi'], { session: { kind: 'resume', id: '' }, prompt: 'hi' }],
  [['-r', 'the parser', 'hi'], { session: { kind: 'resume', id: 'the parser' }, prompt: 'hi' }],
  [['-c', '--fork-session'], { session: { kind: 'continue' }, fork: true }],
  [['-r', 'abc', '--fork-session', '--session-id', UUID], { session: { kind: 'resume', id: 'abc' }, fork: true, forkId: UUID }],
  [['--session-id', UUID], { session: { kind: 'new', id: UUID } }],
  [['--trust', '--trust-endpoint', 'https://api.example.com/v1'], { trust: true, trustedEndpoints: ['https://api.example.com'] }],
  [['--include-directories', 'a,b', '--add-dir', 'c'], { includeDirectories: ['a', 'b', 'c'] }],
  [['--background', 'wait'], { background: 'wait' }],
  [
    ['--openai-api-key', 'k', '--openai-base-url', 'http://h/v1', '--auth-type', 'openai', '-d'],
    {
      openaiApiKey: 'k',
      openaiBaseUrl: 'http://h/v1',
      debug: true,
      authType: 'openai',
      settings: { security: { auth: { selectedType: 'openai' } } },
    },
  ],
  [
    ['--core-tools', 'glob,edit', '--exclude-tools', 'Bash(rm *)'],
    { settings: { tools: { core: ['glob', 'edit'], exclude: ['Bash(rm *)'] } } },
  ],
  [['--max-wall-time', '1.5m', '--max-subagent-depth', '0'], { settings: { model: { maxWallTimeSeconds: 90, maxSubagentDepth: 0 } } }],
  [['--max-wall-time', '20'], { settings: { model: { maxWallTimeSeconds: 20 } } }],
  [['--max-wall-time=-1'], { settings: { model: { maxWallTimeSeconds: -1 } } }],
  [['--chat-recording', 'false'], { settings: { general: { chatRecording: false } } }],
  [['--no-chat-recording', 'hi'], { settings: { general: { chatRecording: false } }, prompt: 'hi' }],
  [['--chat-recording', 'hi'], { settings: { general: { chatRecording: true } }, prompt: 'hi' }],
  [['--openai-logging'], { settings: { model: { enableOpenAILogging: true } } }],
  [['--openai-logging-dir', 'l'], { settings: { model: { enableOpenAILogging: true, openAILoggingDir: 'l' } } }],
  [['--proxy', 'http://u:p@h:1'], { settings: { proxy: 'http://u:p@h:1' } }],
  [['--disabled-slash-commands', '/init,help'], { settings: { slashCommands: { disabled: ['init', 'help'] } } }],
  [['--allowed-mcp-server-names', 'a,b', '--channel', 'SDK'], { settings: { mcp: { allowed: ['a', 'b'] } } }],
  [['--mcp-config', 'a.json', '--mcp-config', '{}'], { mcpConfigs: ['a.json', '{}'] }],
  [['--json-schema', '@a.json', 'hi'], { jsonSchema: '@a.json', prompt: 'hi' }],
  [['--', '--no-chat-recording'], { prompt: '--no-chat-recording' }],
  [['--', 'mcp', 'list'], { prompt: 'mcp list' }],
  [['fix', 'mcp'], { prompt: 'fix mcp' }],
  [['-p', 'review'], { prompt: 'review' }],
])('%j is understood', (argv, expected) => {
  expect(parseCommandLine(argv)).toEqual({ ...DEFAULTS, ...expected });
});

test.each<[string[], string]>([
  [['--frobnicate'], '--frobnicate'],
  [['-p', 'x', '--sandbox'], '--sandbox'],
  [['-z'], '-z'],
  [['-p', 'a', 'b'], 'once'],
  [['-y', '--approval-mode', 'plan'], '--approval-mode'],
  [['--output-format', 'xml'], '"xml"'],
  [['--input-format', 'stream-json'], '--output-format stream-json'],
  [['--input-format', 'stream-json', '-o', 'stream-json', '--all-files'], '--all-files'],
  [['--output-frmat', 'json'], 'Did you mean --output-format?'],
  [['--resum', 'x'], 'Did you mean --resume?'],
  [['--approval-mode', 'autoedit'], 'Did you mean auto-edit?'],
  [['--worktree'], 'an option of Qwen Code that Gantry does not have'],
  [['--openai-base-url', 'nowhere'], '"nowhere"'],
  [['--fork-session', 'x'], '--resume or --continue'],
  [['-c', '--session-id', UUID], '--fork-session'],
  [['--include-partial-messages'], 'stream-json'],
  [['--max-tool-calls', 'many'], '"many"'],
  [['--max-session-turns', '1.5'], '"1.5"'],
  [['-c', '-r', 'x'], '--continue'],
  [['--session-id', '../../etc'], 'UUID'],
  [['--trust-endpoint', 'example.com'], '--trust-endpoint'],
  [['--auth-type', 'qwen-oauth'], 'ended on 15 April 2026'],
  [['--auth-type', 'bedrock'], 'vertex-ai'],
  [['--max-wall-time', 'soon'], '"soon"'],
  [['--max-wall-time', '0'], '90s, 5m or 1h'],
  [['--max-subagent-depth', '-1'], '--max-subagent-depth'],
  [['--openai-logging=perhaps'], '--openai-logging'],
  [['--proxy', 'socks5://u:secret@h'], '--proxy needs an address'],
  [['--json-schema', '{}', '--input-format', 'stream-json', '-o', 'stream-json'], '--json-schema'],
  [['--channel', 'carrier pigeon'], '--channel'],
  [['-s'], 'tools.executionSandbox'],
  [['extensions', 'list'], 'no extensions'],
  [['-y', 'hooks'], 'gantry -p'],
  [['review', 'this'], 'a command of Qwen Code that Gantry does not have'],
  [['--background', 'later'], '--background'],
  [['--model'], 'model'],
  [['serve', '--port', '70000'], '"70000"'],
  [['serve', '--yolo'], '--yolo'],
  [['serve', 'a', 'b'], 'one folder'],
  [['serve', '--trust'], 'folder'],
  [['sessions'], 'sessions list'],
  [['auth', 'get'], 'auth set'],
])('%j is refused with a message that contains %s', (argv, mention) => {
  expect(parseCommandLine(argv)).toEqual({ kind: 'refused', message: expect.stringContaining(mention), json: false });
});

test.each<[string[], string]>([
  [['--telemetry=false', 'hi'], '--telemetry has no effect: Gantry reports nothing to anyone.'],
  [['--no-telemetry', 'hi'], '--telemetry has no effect: Gantry reports nothing to anyone.'],
  [['--telemetry-target', 'local', 'hi'], '--telemetry-target has no effect: Gantry reports nothing to anyone.'],
  [['--screen-reader', 'hi'], '--screen-reader has no effect: the output is plain text.'],
  [['-e', 'none', 'hi'], '--extensions has no effect: Gantry has no extensions.'],
  [['--fallback-model', 'm2', 'hi'], '--fallback-model has no effect: Gantry uses only the model you chose.'],
])('%j runs, and one line says that the flag has no effect', (argv, note) => {
  expect(parseCommandLine(argv)).toEqual({ ...DEFAULTS, prompt: 'hi', notes: [note] });
});

test('the mode auto runs as auto-edit, and a line says so', () => {
  expect(parseCommandLine(['--approval-mode', 'auto', 'hi'])).toEqual({
    ...DEFAULTS,
    prompt: 'hi',
    approvalMode: 'auto-edit',
    notes: [expect.stringContaining('runs as auto-edit')],
  });
});

test('the message about an invalid proxy does not repeat it', () => {
  expect(JSON.stringify(parseCommandLine(['--proxy', 'socks5://u:secret@h']))).not.toContain('secret');
});

test.each([[['-o', 'json', '--nope']], [['--output-format=json', '--nope']], [['--nope', '--output-format', 'json']]])(
  'a refusal of %j is printed as JSON',
  (argv) => {
    expect(parseCommandLine(argv)).toMatchObject({ kind: 'refused', json: true });
  },
);

test('subcommands have their own flags', () => {
  const serve = ['serve', '--port', '0', '--hostname', '::1', '--token', 't', '--open', '--trust', '--trust-endpoint', 'http://h:1', 'dir'];
  expect(parseCommandLine(serve)).toEqual({
    kind: 'serve',
    port: 0,
    hostname: '::1',
    token: 't',
    open: true,
    trust: true,
    confirmInPage: false,
    trustedEndpoints: ['http://h:1'],
    folder: 'dir',
    debug: false,
  });
  expect(parseCommandLine(['sessions', 'list', '--json'])).toEqual({ kind: 'sessions', action: 'list', json: true, archived: false });
  expect(parseCommandLine(['auth', 'set', 'Ollama', '--insecure-file'])).toEqual({
    kind: 'auth',
    action: 'set',
    provider: 'Ollama',
    insecureFile: true,
  });
  expect([parseCommandLine(['auth']), parseCommandLine(['auth', 'status'])]).toEqual(Array(2).fill({ kind: 'auth', action: 'status' }));
  expect(parseCommandLine(['--debug', 'mcp', 'list'])).toMatchObject({ kind: 'mcp', action: 'list' });
  expect(parseCommandLine(['doctor'])).toEqual({ kind: 'doctor' });
});

test.each([
  [['-v'], 'version'],
  [['-p', 'x', '--version'], 'version'],
  [['-h'], 'help'],
  [['serve', '--help'], 'help'],
  [['doctor', '-v'], 'version'],
  [['-l'], 'extensions'],
])('%j requests the %s', (argv, kind) => {
  expect(parseCommandLine(argv)).toEqual({ kind });
});

test.each([
  ['--modell', '--model'],
  ['--appendsystem-prompt', '--append-system-prompt'],
  ['--include-part', '--include-partial-messages'],
  ['--frobnicate', undefined],
])('the name nearest to %s is %s', (wanted, expected) => {
  expect(nearest(wanted, ['--model', '--append-system-prompt', '--include-partial-messages', '--resume'])).toBe(expected);
});
