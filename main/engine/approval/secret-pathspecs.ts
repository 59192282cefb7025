/**
 * The protected names as git's pathspecs, so that git leaves them out when it prints contents. They may cover more than the
 * protected names, never less; secret-pathspecs.test.ts compares the two. Source: gitglossary(7), "pathspec".
 */
import { SECRET_PATHS } from './protected-names.ts';

const combine = (starts: readonly string[], ends: readonly string[]) => starts.flatMap((start) => ends.map((end) => start + end));

/** What `isSecretName` recognizes. */
const NAMES: readonly string[] = [
  ...['*.env', '*.env[!a-z]*', '.*history'],
  ...combine(['env.'], ['local', 'prod', 'production', 'dev', 'development', 'test', 'staging', 'secret', 'secrets']),
  ...combine(['id', 'ssh_host', 'deploy', 'github', 'gitlab'], ['_rsa*', '_dsa*', '_ecdsa*', '_ed25519*']),
  ...combine(['*_rsa', '*_dsa', '*_ecdsa', '*_ed25519'], ['', '_sk', '_key']),
  ...combine(
    ['pem', 'key', 'p8', 'p12', 'pfx', 'keystore', 'jks', 'ppk', 'kdb', 'kdbx', 'ovpn', 'agekey', 'gpg-key', 'tfstate'].map(
      (end) => `*.${end}`,
    ),
    ['', '.ba*', '.old'],
  ),
  ...combine(
    ['client_secret', 'service[-_]account', 'application_default_credentials', 'credentials', 'secret'],
    ['*.json', '*.yaml', '*.yml', '*.toml', '*.ini', '*.properties', '*.txt'],
  ),
];

export const SECRET_PATHSPECS: readonly string[] = [...SECRET_PATHS.map((path) => (path.endsWith('/') ? `${path}**` : path)), ...NAMES].map(
  (name) => `:(top,exclude,icase,glob)**/${name}`,
);
