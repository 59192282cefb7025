/**
 * The protected names as git's pathspecs, so that git leaves them out when it prints contents. They may cover more than the
 * protected names, never less; secret-pathspecs.test.ts compares the two. Source: gitglossary(7), "pathspec".
 */
const NAMES = [
  ...[
    '.env*',
    '*.env',
    '*.env.*',
    '*.env-*',
    '.netrc',
    '_netrc',
    '.npmrc',
    '.yarnrc*',
    '.pypirc',
    '.pgpass',
    '.my.cnf',
    '.git-credentials',
    '.htpasswd',
  ],
  ...[
    'id_rsa*',
    'id_dsa*',
    'id_ecdsa*',
    'id_ed25519*',
    'id_xmss*',
    '*.pem',
    '*.key',
    '*.p12',
    '*.pfx',
    '*.keystore',
    '*.jks',
    '*.ppk',
    '*.kdbx',
    '*.p8',
  ],
  ...['.*_history', 'credentials', 'credentials.json', 'keys.json', 'secrets.json', '.dockercfg', '.kube/**', '.docker/**'],
  ...['.ssh/**', '.gnupg/**', '.aws/**', '.gantry/**', '.qwen/settings*'],
];

export const SECRET_PATHSPECS: readonly string[] = NAMES.map((name) => `:(top,exclude,icase,glob)**/${name}`);
