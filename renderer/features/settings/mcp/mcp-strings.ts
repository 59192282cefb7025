import type { McpServerStatus, McpServerSummary } from '../../../../preload/contract/index.ts';

/** The sentences of the section of MCP servers. */
export const mcpStrings = {
  title: 'MCP servers',
  intro:
    'Programs and addresses that give the agent more tools, prompts and resources. Their tools ask before they run unless the settings trust the server.',
  noFolder: 'Open a folder first: its own settings may name servers.',
  loading: 'Looking for servers',
  none: 'No MCP server yet',
  noneHint: 'Add one here, or with gantry mcp add.',
  status: {
    disabled: 'Off',
    stopped: 'Not started',
    connecting: 'Starting',
    ready: 'Ready',
    failed: 'Failed',
    needs_sign_in: 'Needs sign-in',
  } satisfies Record<McpServerStatus, string>,
  scopes: { 'system-defaults': 'system defaults', user: 'your settings', project: 'this folder', system: 'system' } satisfies Record<
    McpServerSummary['scope'],
    string
  >,
  transports: { stdio: 'program', http: 'HTTP', sse: 'server-sent events', unknown: 'not usable' } satisfies Record<
    McpServerSummary['transport'],
    string
  >,
  trusted: 'its tools run without a question',
  counts: (tools: number, prompts: number, resources: number) =>
    [
      tools === 1 ? '1 tool' : `${tools} tools`,
      ...(prompts === 0 ? [] : [prompts === 1 ? '1 prompt' : `${prompts} prompts`]),
      ...(resources === 0 ? [] : [resources === 1 ? '1 resource' : `${resources} resources`]),
    ].join(', '),
  leftOut: (count: number) => `${count} more tools are left out: a server may bring 500.`,
  details: (name: string) => `Tools of ${name}`,
  toolsNote: 'What a server writes about its tools is its own word.',
  prompts: 'Its prompts, as slash commands',
  lastWords: 'What it wrote last',
  start: 'Start',
  restart: 'Restart',
  signIn: 'Sign in',
  signOut: 'Sign out',
  signInOpened: 'The sign-in is open in your browser. Come back here when it is done.',
  enable: 'Switch on',
  disable: 'Switch off',
  remove: 'Remove',
  removeTitle: (name: string) => `Remove ${name}?`,
  removeDetail: 'It leaves the settings file. A program that runs is ended.',
  cancel: 'Cancel',
  named: (verb: string, name: string) => `${verb} ${name}`,
  add: 'Add a server',
  addTitle: 'New MCP server',
  name: 'Name',
  nameWrong: 'Letters, digits, dots, - and _, at most 64.',
  kind: 'Kind',
  kinds: { stdio: 'A program on this computer', http: 'An address (streamable HTTP)', sse: 'An address (server-sent events)' },
  command: 'Command',
  commandHint: 'With its arguments; quotes keep words together. It runs with your rights.',
  url: 'Address',
  urlWrong: 'An address begins with http:// or https://.',
  pairs: {
    hint: 'Write $NAME for a secret: it is looked up in the environment and .env when the server starts. Anything else is written into the settings file as it is, and is not shown again.',
    env: {
      legend: 'Environment variables',
      add: 'Add a variable',
      name: (row: number) => `Name of variable ${row}`,
      value: (row: number) => `Value of variable ${row}`,
      namePlaceholder: 'API_TOKEN',
      valuePlaceholder: '$API_TOKEN',
      wrong: (name: string) =>
        name === '' ? 'A value has no name.' : `${name}: a variable is made of letters, digits and _, on one line.`,
    },
    headers: {
      legend: 'Headers',
      add: 'Add a header',
      name: (row: number) => `Name of header ${row}`,
      value: (row: number) => `Value of header ${row}`,
      namePlaceholder: 'Authorization',
      valuePlaceholder: 'Bearer $API_TOKEN',
      wrong: (name: string) => (name === '' ? 'A value has no name.' : `${name}: a header is made of letters, digits and -, on one line.`),
    },
  },
  scope: 'Where',
  scopeChoices: { user: 'In your settings, for every folder', project: 'In this folder’s settings' },
  save: 'Add',
} as const;
