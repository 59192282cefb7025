/**
 * Who may import whom. One rule for each line of docs/architecture.md's table; `npm run check` asserts that every rule
 * here is broken by a fixture in e2e/fixtures/bad-imports, so none can turn into a rule that never bites.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const TEST = String.raw`\.(test|fixture)\.tsx?$`;
const CORE = ['core'];

/** A third-party package may be imported only from its home. Paths are regular expressions of the importing file. */
const PACKAGE_HOMES = {
  'node-pty': '^main/pty-host/process/',
  '@xterm/headless': '^main/pty-host/(terminal|testing)/',
  '@xterm/addon-serialize': '^main/pty-host/terminal/',
  '@xterm/xterm': '^renderer/features/task/terminal/',
  '@xterm/addon-(fit|search|web-links|webgl)': '^renderer/features/task/terminal/',
  '@xterm/addon-unicode11': '^(renderer/features/task/terminal|main/pty-host/terminal)/',
  '@napi-rs/keyring': '^main/local/',
  '@vscode/ripgrep': '^main/(engine/tool/search|local)/',
  '@hono/node-server': '^main/server/',
  hono: '^main/server/',
  ws: '^main/server/',
  '@agentclientprotocol/sdk': '^main/(acp|acp-shapes)/',
  openai: '^main/engine/provider/openai/',
  '@anthropic-ai/sdk': '^main/engine/provider/anthropic/',
  '@google/genai': '^main/engine/provider/gemini/',
  '@modelcontextprotocol/sdk': '^main/engine/(mcp/|lib/schema-check)',
  '(web-tree-sitter|tree-sitter-bash)': '^main/engine/approval/',
  '(turndown|linkedom|@mozilla/readability)': '^main/engine/tool/web/',
  yaml: '^main/engine/lib/front-matter',
  'jsonc-parser': '^main/engine/(settings|project)/',
  dotenv: '^main/engine/(settings|project)/',
  chardet: '^main/engine/tool/file/',
  'iconv-lite': '^main/engine/tool/file/',
  'electron-store': '^main/desktop/',
  'shell-env': '^main/desktop/',
  zustand: '^renderer/stores/',
  'radix-ui': '^renderer/(ui|features)/',
  shiki: '^renderer/features/session/markdown/',
  'react-markdown': '^renderer/(ui|features)/',
  cmdk: '^renderer/(ui|features)/',
  '(icu-minify|@schummar/icu-type-parser)': '^renderer/i18n\\.ts$',
};

const packagePath = (name) => `node_modules/${name}/`;

const packageRules = Object.entries(PACKAGE_HOMES).map(([name, home]) => ({
  name: `home-of-${name.replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '')}`,
  comment: `${name} has one home: ${home}`,
  severity: 'error',
  from: { path: '^(main|renderer|preload)/', pathNot: [home, TEST, '^main/test/'] },
  to: { path: packagePath(name) },
}));

/** The contracts between the engine's own parts: an index that both sides loaded would be a cycle. */
const ENGINE_CONTRACTS = '^main/engine/([^/]+/[^/]+-api|provider/provider|engine-api|ports|errors)\\.ts$';

/** Every folder with an index.ts is entered through it alone; tests may look inside. */
const doorRules = doors('main')
  .concat(doors('renderer'), doors('preload'))
  .map((folder) => ({
    name: `door-of-${folder.replaceAll('/', '-')}`,
    comment: `Outsiders import ${folder} only by its index.`,
    severity: 'error',
    from: {
      path: '^(main|renderer|preload)/',
      pathNot: [
        `^${folder}/`,
        TEST,
        '^main/test/',
        ...(folder === 'main/engine' ? ['^main/local/'] : []),
        ...(folder === 'preload/contract' ? ['^preload/index\\.ts$'] : []),
      ],
    },
    to: { path: `^${folder}/`, pathNot: [`^${folder}/index\\.tsx?$`, ...(folder.startsWith('main/engine/') ? [ENGINE_CONTRACTS] : [])] },
  }));

/** Folders below `root` that have an index; looked up from where the cruise runs, so that the fixtures have theirs. */
function doors(root) {
  return readdirSync(join(process.cwd(), root), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^index\.tsx?$/.test(entry.name))
    .map((entry) => entry.parentPath.slice(process.cwd().length + 1).replaceAll('\\', '/'))
    .filter((folder) => folder !== root);
}

const error = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

export default {
  forbidden: [
    error('no-circular', 'A cycle has no inside and no outside.', {}, { circular: true }),
    error(
      'no-unresolvable',
      'An import that leads nowhere.',
      {},
      { couldNotResolve: true, pathNot: ['\\?(worker|url|raw|inline)', '\\.(wasm|css|svg|woff2)$'] },
    ),
    error(
      'contract-leaf',
      'The contract is zod and types.',
      { path: '^preload/contract/', pathNot: TEST },
      { pathNot: ['^preload/contract/', packagePath('zod')] },
    ),
    error(
      'preload-is-thin',
      'A sandboxed preload is one small file: Electron and the names of the two channels.',
      { path: '^preload/index\\.ts$' },
      { pathNot: ['^preload/contract/channels\\.ts$', packagePath('electron')] },
    ),
    error(
      'preload-without-zod',
      'No validation happens in preload.',
      { path: '^preload/index\\.ts$' },
      { path: packagePath('zod'), reachable: true },
    ),
    error(
      'engine-no-electron',
      'The engine also runs without a window.',
      { path: '^main/engine/' },
      { path: [packagePath('electron'), packagePath('node-pty')] },
    ),
    error(
      'engine-is-inner',
      'Hosts and adapters know the engine, never the reverse.',
      { path: '^main/engine/', pathNot: TEST },
      { path: ['^main/(rpc|pty-host|local|desktop|server|cli|acp|acp-shapes)/', '^renderer/', '^preload/index'] },
    ),
    error(
      'tools-use-workspace-fs',
      'Files are read and written through WorkspaceFs.',
      { path: '^main/engine/tool/', pathNot: TEST },
      { path: '^(node:)?fs(/promises)?$', dependencyTypes: CORE },
    ),
    error(
      'state-is-pure',
      'Decisions take data and return data. Types may come from anywhere inside the engine.',
      { path: ['-state\\.ts$', '-policy\\.ts$', 'viewer-credit\\.ts$', '^renderer/stores/apply-event\\.ts$'] },
      { dependencyTypes: ['core', 'npm', 'npm-dev'], dependencyTypesNot: ['type-only'] },
    ),
    error(
      'pty-host-is-alone',
      'The terminal process shares nothing but types with the app.',
      { path: '^main/pty-host/', pathNot: TEST },
      { path: ['^main/(?!pty-host/|lib/)', '^renderer/', '^preload/index'] },
    ),
    error(
      'lib-is-a-leaf',
      'What processes share depends on none of them.',
      { path: '^main/lib/', pathNot: TEST },
      { path: ['^main/(?!lib/)', '^renderer/', '^preload/', packagePath('electron')] },
    ),
    error(
      'rpc-is-neutral',
      'The dispatcher knows the engine and the contract.',
      { path: '^main/rpc/', pathNot: TEST },
      { path: ['^main/(pty-host|local|desktop|server|cli|acp)/', '^renderer/', packagePath('electron')] },
    ),
    error(
      'local-is-an-adapter',
      'Adapters know the ports, the errors, how files are opened, the shared parts, and the protocol of the pty host.',
      { path: '^main/local/', pathNot: TEST },
      {
        path: ['^main/', '^renderer/', packagePath('electron')],
        pathNot: [
          '^main/local/',
          '^main/lib/',
          '^main/engine/(ports|errors|index|lib/(regular-file|file-errors))\\.ts$',
          '^main/pty-host/protocol\\.ts$',
        ],
      },
    ),
    error(
      'desktop-knows-no-other-host',
      'The desktop needs no server and no command line.',
      { path: '^main/desktop/', pathNot: TEST },
      { path: '^main/(server|cli|acp|acp-shapes)/' },
    ),
    error(
      'acp-knows-no-host',
      'The protocol of editors knows the engine and the contract; hosts start it.',
      { path: '^main/(acp|acp-shapes)/', pathNot: TEST },
      { path: ['^main/(?!acp/|acp-shapes/|engine/)', '^renderer/', packagePath('electron')] },
    ),
    error('hosts-know-no-desktop', 'Nothing imports the desktop.', { path: '^main/(?!desktop/)' }, { path: '^main/desktop/' }),
    error(
      'hosts-reach-terminals-by-channel',
      'Only its own entry loads the pty host; the others speak its protocol through main/local.',
      { path: '^main/(desktop|server|cli)/', pathNot: TEST },
      { path: '^main/pty-host/', pathNot: '^main/pty-host/protocol\\.ts$' },
    ),
    error(
      'electron-in-desktop-only',
      'Electron is imported by main/desktop and preload.',
      { pathNot: ['^main/desktop/', '^preload/index\\.ts$', '^e2e/'] },
      { path: packagePath('electron') },
    ),
    error(
      'renderer-not-main',
      'The page meets the host in the contract.',
      { path: '^renderer/', pathNot: TEST },
      { path: ['^main/', '^preload/index', '^resources/(?!icons/)', packagePath('electron')] },
    ),
    error('renderer-without-node', 'The page runs in a browser.', { path: '^renderer/', pathNot: TEST }, { dependencyTypes: CORE }),
    error(
      'ui-is-plain',
      'The kit knows React and nothing of the product.',
      { path: '^renderer/ui/', pathNot: TEST },
      { path: ['^renderer/(stores|rpc|features)/', '^preload/', '^main/'] },
    ),
    error(
      'stores-without-components',
      'State does not know who shows it.',
      { path: '^renderer/stores/', pathNot: TEST },
      { path: ['^renderer/(features|ui)/', '^renderer/App'] },
    ),
    error(
      'client-is-below-stores',
      'The rpc client knows the contract alone.',
      { path: '^renderer/rpc/', pathNot: TEST },
      { path: '^renderer/(?!rpc/)' },
    ),
    error(
      'feature-isolation',
      'A feature uses another one by its index, if at all.',
      { path: '^renderer/features/([^/]+)/', pathNot: TEST },
      { path: '^renderer/features/', pathNot: ['^renderer/features/$1/', '^renderer/features/[^/]+/index\\.tsx?$'] },
    ),
    error(
      'main-ships-its-packages',
      'What main loads at run time is a dependency, not a devDependency.',
      { path: '^main/', pathNot: [TEST, '^main/test/'] },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: packagePath('electron') },
    ),
    error(
      'product-without-tests',
      'Shipped code does not import tests or their builders.',
      { path: '^(main|renderer|preload)/', pathNot: [TEST, '^main/test/', '-suite\\.ts$'] },
      { path: [TEST, '^main/test/', '^e2e/', '^bench/'] },
    ),
    ...packageRules,
    ...doorRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^dist/', '^e2e/fixtures/'] },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
