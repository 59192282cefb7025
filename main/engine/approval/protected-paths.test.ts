import { expect, test } from 'vitest';
import { holdsHome } from '../lib/within.ts';
import { classifyPath } from './protected-paths.ts';

const HOME = '/home/me';
const protectionOf = (path: string, roots: readonly string[] = ['/srv/project']) => classifyPath(path, path, roots, HOME).protection;

test.each([
  ...['.env', '.env.local', '.env-local', '.env_production', '.ENV', 'prod.env', 'config/app.env', '.env.d/keys', '.envrc', '.env2'],
  ...[
    'id_ed25519_sk',
    'id_rsa',
    'deploy_rsa',
    'github_ed25519.bak',
    'ssh_host_ed25519_key',
    'my.ppk',
    'a.p8',
    'vault.kdbx',
    'infra.tfstate',
  ],
  ...['.git-credentials', '.htpasswd', '.npmrc', '.yarnrc.yml', '.netrc', '.pgpass', '.my.cnf', '.vault-token', '.bash_history'],
  ...['.python_history', '.node_repl_history', '.psql_history', 'credentials.json', 'client_secret_1234.json', 'service-account.json'],
  ...['secrets.yaml', 'secrets.prod.yml', '.docker/config.json', '.kube/config', '.config/gh/hosts.yml', '.config/gcloud/x.db', '.azure/a'],
  ...[
    '.aws/credentials',
    '.cargo/credentials.toml',
    '.m2/settings.xml',
    '.gantry/keys.json',
    '.qwen/settings.json',
    '.qwen/oauth_creds.json',
  ],
])('%s holds secrets, wherever it is', (name) => {
  expect([protectionOf(`/srv/project/${name}`), protectionOf(`/srv/project/backup/${name}`)]).toEqual(['secret', 'secret']);
});

test.each([
  ...['.bash_logout', '.zshenv', '.config/fish/config.fish', '.xprofile', '.config/autostart/a.desktop', '.config/systemd/user/a.service'],
  ...['.vscode/tasks.json', '.idea/workspace.xml', '.mcp.json', '.github/workflows/ci.yml', '.husky/pre-commit', '.gitlab-ci.yml'],
  ...[
    '.qwen/extensions/a/qwen-extension.json',
    '.qwen/QWEN.local.md',
    'QWEN.md',
    'docs/AGENTS.md',
    '.claude/settings.json',
    '.devcontainer.json',
  ],
  ...['Library/LaunchAgents/a.plist', '.config/git/config', '.pre-commit-config.yaml', 'sitecustomize.py', '.git/hooks/pre-push'],
])('a change to %s needs an approval', (name) => {
  expect(protectionOf(`/srv/project/${name}`)).toBe('guarded');
});

test.each([
  ...['src/environment.ts', 'vite-env.d.ts', 'src/vite.env.d.ts', '.env.example', '.env.local.example', '.env-sample', 'id_rsa.pub'],
  ...[
    'rsa.c',
    'src/ed25519.go',
    'history.ts',
    'src/credentials.ts',
    'secrets.md',
    'keys.ts',
    'docker/config.json',
    'README.md',
    '.gitignore',
  ],
  ...['.editorconfig', 'package.json', '.github/CODEOWNERS', 'environments/a.yml', 'config.json'],
])('%s is an ordinary file', (name) => {
  expect(protectionOf(`/srv/project/${name}`)).toBe('none');
});

test.each([HOME, '/home', '/'])('in the workspace %s everything below a dot-folder of the home folder is secret', (root) => {
  expect(holdsHome(root, HOME)).toBe(true);
  expect(protectionOf('/home/me/.some-tool/state', [root])).toBe('secret');
  expect(protectionOf('/home/me/.some-tool', [root])).toBe('none');
  expect(protectionOf('/home/me/shop/.some-tool/state', [root])).toBe('none');
});

test('a workspace inside a dot-folder of the home folder is an ordinary one', () => {
  const root = '/home/me/.dotfiles';
  expect(holdsHome(root, HOME)).toBe(false);
  expect(protectionOf('/home/me/.dotfiles/tool/state', [root])).toBe('none');
  expect(protectionOf('/home/me/.dotfiles/tool/state', [HOME, root])).toBe('none');
  expect(protectionOf('/home/me/.dotfiles/tool/state', [HOME])).toBe('secret');
});
