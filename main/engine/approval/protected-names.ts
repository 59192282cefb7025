/**
 * The names of protected files. Lower case, with `/`; an entry that ends with `/` is a folder with all that is in it. An entry
 * applies wherever it occurs in a path, so that a copy of a home folder is protected as well. Data only.
 */

/** Keys, passwords, tokens, and what was typed at a prompt. Reading them needs an approval. */
export const SECRET_PATHS: readonly string[] = [
  // Gantry and Qwen Code: keys, and settings, which may hold keys
  ...['.gantry/keys.json', '.gantry/settings.json', '.qwen/settings.json', '.qwen/settings.local.json', '.qwen/oauth_creds.json'],
  ...['.qwen/mcp-oauth-tokens.json', '.qwen/mcp-oauth-tokens-v2.json', '.qwen/google_accounts.json'],
  // other agents
  ...['.claude.json', '.claude/.credentials.json', '.codex/auth.json', '.gemini/oauth_creds.json', '.gemini/settings.json'],
  ...['.config/github-copilot/', '.local/share/opencode/auth.json', '.continue/config.json', '.aider.conf.yml'],
  // SSH, PGP, password stores, keyrings
  ...['.ssh/', '.gnupg/', '.password-store/', '.local/share/keyrings/', '.config/op/', 'library/keychains/', '.config/sops/'],
  // version control and packages
  ...['.git-credentials', '.config/git/credentials', '.config/gh/', '.config/hub', '.config/glab-cli/', '.npmrc', '.yarnrc', '.yarnrc.yml'],
  ...['.pypirc', '.config/pip/pip.conf', '.pip/pip.conf', '.cargo/credentials', '.cargo/credentials.toml', '.gem/credentials'],
  ...['.m2/settings.xml', '.m2/settings-security.xml', '.gradle/gradle.properties', '.nuget/nuget.config', '.composer/auth.json'],
  ...['.config/composer/auth.json', '.bundle/config', '.condarc', '.config/pypoetry/auth.toml'],
  // containers, clusters, clouds
  ...[
    '.docker/config.json',
    '.dockercfg',
    '.config/containers/auth.json',
    '.kube/',
    '.config/helm/',
    '.aws/',
    '.azure/',
    '.config/gcloud/',
  ],
  ...['.boto', '.s3cfg', '.oci/', '.bluemix/', '.aliyun/', '.tccli/', '.terraformrc', '.terraform.d/', '.config/doctl/', '.config/hcloud/'],
  ...['.config/rclone/', '.fly/', '.config/netlify/', '.netlify/', '.vercel/auth.json', '.local/share/com.vercel.cli/', '.config/heroku/'],
  ...['.config/configstore/', '.wrangler/', '.config/.wrangler/', '.databrickscfg', '.snowflake/', '.kaggle/', '.huggingface/'],
  ...['.cache/huggingface/token', '.vault-token', '.pulumi/credentials.json', '.config/ngrok/', '.ngrok2/'],
  // databases, network, mail
  ...['.netrc', '_netrc', '.pgpass', '.my.cnf', '.mylogin.cnf', '.mongorc.js', '.htpasswd', '.htdigest', '.smbcredentials', '.msmtprc'],
  ...['.fetchmailrc', '.config/filezilla/', '.config/remmina/', '.local/share/remmina/'],
  // profiles of browsers and mail programs
  ...['.mozilla/', '.thunderbird/', '.config/google-chrome/', '.config/chromium/', '.config/microsoft-edge/', '.config/bravesoftware/'],
  ...['library/cookies/', 'library/application support/google/chrome/', 'library/application support/firefox/'],
  // shells' folders for private variables
  ...[
    '.envrc',
    '.env.d/',
    '.direnv/',
    '.lesshst',
    '.viminfo',
    '.config/fish/fish_variables',
    '.local/share/fish/fish_history',
    '.histfile',
  ],
];

/** Templates are meant to be read and contain no secrets. */
const TEMPLATE = /[._-](example|sample|template|tmpl|dist|defaults?)$/;
/** Source code about an environment; a name that begins with `.env` is never source code. */
const SOURCE = /^[^.].*\.(ts|tsx|mts|cts|js|jsx|mjs|cjs|py|go|rs|java|kt|rb|php|cs|swift|md|css|html|vue|svelte)$/;
/** A public key is not a secret. */
const PUBLIC_KEY = /\.pub$/;

const SECRET_NAMES: readonly RegExp[] = [
  /\.env(?![a-z])/, // .env, .env.local, .env-local, prod.env
  /^env(\.(local|prod|production|dev|development|test|staging|secret|secrets))$/,
  /^(id|ssh_host|deploy|github|gitlab)_(rsa|dsa|ecdsa|ed25519)(_sk|_key)?([._-].+)?$/,
  /_(rsa|dsa|ecdsa|ed25519)(_sk|_key)?$/,
  /\.(pem|key|p8|p12|pfx|keystore|jks|ppk|kdb|kdbx|ovpn|agekey|gpg-key|tfstate)(\.backup|\.bak|\.old)?$/,
  /^(client_secrets?|service[-_]account|application_default_credentials|credentials|secrets?)([._-].*)?\.(json|ya?ml|toml|ini|properties|txt)$/,
  /^\.[a-z0-9_.-]*history$/,
];

/** A change to these runs code later, or changes what Gantry and other agents do. It needs an approval in every mode. */
export const GUARDED_PATHS: readonly string[] = [
  // version control
  ...['.git/', '.husky/', '.lefthook/', 'lefthook.yml', '.lefthook.yml', '.pre-commit-config.yaml', '.gitmodules', '.gitattributes'],
  ...['.gitconfig', '.config/git/', '.hg/', '.svn/', '.jj/'],
  // workflows
  ...['.github/workflows/', '.github/actions/', '.gitlab-ci.yml', '.circleci/', '.travis.yml', 'azure-pipelines.yml', 'jenkinsfile'],
  ...['.buildkite/', '.forgejo/', '.gitea/', '.woodpecker/', '.woodpecker.yml', '.drone.yml', 'bitbucket-pipelines.yml'],
  // editors
  ...[
    '.vscode/',
    '.idea/',
    '.zed/',
    '.fleet/',
    '.nova/',
    '.devcontainer/',
    '.devcontainer.json',
    '.exrc',
    '.nvimrc',
    '.nvim.lua',
    '.vimrc',
  ],
  ...['.dir-locals.el', '.emacs', '.emacs.d/', '.config/nvim/', '.vim/', '.sublime-project', '.config/code/'],
  // agents: settings, memory, servers, extensions
  ...[
    '.mcp.json',
    '.qwen/',
    '.gantry/',
    '.claude/',
    '.codex/',
    '.gemini/',
    '.cursor/',
    '.windsurf/',
    '.continue/',
    '.roo/',
    '.kiro/',
    '.clinerules',
  ],
  ...['.cursorrules', '.windsurfrules', 'qwen.md', 'agents.md', 'agents.override.md', 'claude.md', 'claude.local.md', 'gemini.md'],
  '.github/copilot-instructions.md',
  // shells
  ...['.bashrc', '.bash_profile', '.bash_login', '.bash_logout', '.bash_aliases', '.profile', '.zshrc', '.zprofile', '.zshenv', '.zlogin'],
  ...['.zlogout', '.kshrc', '.mkshrc', '.cshrc', '.tcshrc', '.login', '.inputrc', '.config/fish/', '.config/nushell/', '.pam_environment'],
  ...['.xprofile', '.xinitrc', '.xsession', '.xsessionrc', '.config/powershell/', '.tmux.conf', '.screenrc'],
  // what the system starts
  ...['.config/autostart/', '.config/systemd/', '.local/share/systemd/', '.config/environment.d/', '.local/share/applications/'],
  ...['.local/share/dbus-1/', '.config/plasma-workspace/', 'library/launchagents/', 'library/launchdaemons/', '.crontab', '.local/bin/'],
  'start menu/programs/startup/',
  // programs that run what these files name
  ...['.pnpmfile.cjs', '.yarn/releases/', '.yarn/plugins/', '.gdbinit', '.lldbinit', '.pythonrc', '.pythonstartup', 'sitecustomize.py'],
  ...[
    'usercustomize.py',
    '.irbrc',
    '.pryrc',
    '.noderc',
    '.curlrc',
    '.wgetrc',
    '.cargo/config',
    '.cargo/config.toml',
    '.bazelrc',
    '.mise.toml',
  ],
];

/** A file whose own name says that it holds secrets. `name` in lower case. */
export function isSecretName(name: string): boolean {
  return SECRET_NAMES.some((pattern) => pattern.test(name)) && !TEMPLATE.test(name) && !PUBLIC_KEY.test(name) && !SOURCE.test(name);
}
