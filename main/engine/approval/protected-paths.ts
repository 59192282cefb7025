/** Which files always need an approval. Pure: it takes real paths. Source: docs/approvals.md. */
import { basename, sep } from 'node:path';

/** `secret`: even reading needs an approval. `guarded`: a change needs one in every mode. */
export interface PathFacts {
  readonly path: string;
  /** The name in the call, when links lead from it to another path. */
  readonly calledBy?: string;
  readonly isInside: boolean;
  readonly protection: 'none' | 'guarded' | 'secret';
}

const SECRET_FOLDERS = ['.ssh', '.gnupg', '.aws'];
/** Templates are meant to be read and contain no secrets. */
const ENV_TEMPLATE = /^\.env\.(example|sample|template|dist)$/;
const SECRET_FILE =
  /^(\.env(\..+)?|\.envrc|\.netrc|\.npmrc|\.pypirc|\.pgpass|id_(rsa|dsa|ecdsa|ed25519)(\..+)?|.+\.(pem|key|p12|pfx|keystore|jks))$/;
/** A public key is not a secret. */
const PUBLIC_KEY = /\.pub$/;
/** A change to these files runs code later or changes which calls need an approval. */
const GUARDED_FOLDERS = ['.git', '.husky'];
const GUARDED_FILES = ['.gitmodules', '.gitattributes', '.bashrc', '.bash_profile', '.profile', '.zshrc', '.zprofile', '.gitconfig'];
const GUARDED_QWEN = /^(settings.*|hooks|commands|agents|skills)$/;

/** `real` has its links resolved and decides where the path is; the name in the call can only make the result stricter. */
export function classifyPath(real: string, calledBy: string, roots: readonly string[]): PathFacts {
  const classified = [getProtection(real), getProtection(calledBy)];
  return {
    path: real,
    ...(calledBy === real ? {} : { calledBy }),
    isInside: roots.some((root) => isWithin(real, root)),
    protection: classified.find((found) => found === 'secret') ?? classified.find((found) => found === 'guarded') ?? 'none',
  };
}

export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** Case is ignored: on macOS and Windows `.GIT` is `.git`. */
function getProtection(path: string): PathFacts['protection'] {
  const parts = path.toLowerCase().split(/[/\\]/);
  const name = basename(parts.join('/'));
  if (parts.some((part) => SECRET_FOLDERS.includes(part))) return 'secret';
  if (SECRET_FILE.test(name) && !ENV_TEMPLATE.test(name) && !PUBLIC_KEY.test(name)) return 'secret';
  if (parts.some((part) => GUARDED_FOLDERS.includes(part)) || GUARDED_FILES.includes(name)) return 'guarded';
  return parts.some((part, at) => part === '.qwen' && GUARDED_QWEN.test(parts[at + 1] ?? '')) ? 'guarded' : 'none';
}
