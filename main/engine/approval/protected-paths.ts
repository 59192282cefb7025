/** Which files are never touched without a question. Pure: real paths come in. Source: docs/approvals.md. */
import { basename, sep } from 'node:path';

/** `secret`: even reading asks. `guarded`: changing asks, whatever the mode allows. */
export interface PathFacts {
  readonly path: string;
  /** The name it was called by, where links make it another one. */
  readonly calledBy?: string;
  readonly isInside: boolean;
  readonly protection: 'none' | 'guarded' | 'secret';
}

const SECRET_FOLDERS = ['.ssh', '.gnupg', '.aws'];
/** Templates are meant to be read and hold no secrets. */
const ENV_TEMPLATE = /^\.env\.(example|sample|template|dist)$/;
const SECRET_FILE =
  /^(\.env(\..+)?|\.envrc|\.netrc|\.npmrc|\.pypirc|\.pgpass|id_(rsa|dsa|ecdsa|ed25519)(\..+)?|.+\.(pem|key|p12|pfx|keystore|jks))$/;
/** A public key is no secret. */
const PUBLIC_KEY = /\.pub$/;
/** A change to these runs code later or changes what is asked. */
const GUARDED_FOLDERS = ['.git', '.husky'];
const GUARDED_FILES = ['.gitmodules', '.gitattributes', '.bashrc', '.bash_profile', '.profile', '.zshrc', '.zprofile', '.gitconfig'];
const GUARDED_QWEN = /^(settings.*|hooks|commands|agents|skills)$/;

/** `real` has its links resolved and decides where the path is; the name it was called by can only make it stricter. */
export function judgePath(real: string, calledBy: string, roots: readonly string[]): PathFacts {
  const judged = [protectionOf(real), protectionOf(calledBy)];
  return {
    path: real,
    ...(calledBy === real ? {} : { calledBy }),
    isInside: roots.some((root) => isWithin(real, root)),
    protection: judged.find((found) => found === 'secret') ?? judged.find((found) => found === 'guarded') ?? 'none',
  };
}

export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** Case is ignored: on macOS and Windows `.GIT` is `.git`. */
function protectionOf(path: string): PathFacts['protection'] {
  const parts = path.toLowerCase().split(/[/\\]/);
  const name = basename(parts.join('/'));
  if (parts.some((part) => SECRET_FOLDERS.includes(part))) return 'secret';
  if (SECRET_FILE.test(name) && !ENV_TEMPLATE.test(name) && !PUBLIC_KEY.test(name)) return 'secret';
  if (parts.some((part) => GUARDED_FOLDERS.includes(part)) || GUARDED_FILES.includes(name)) return 'guarded';
  return parts.some((part, at) => part === '.qwen' && GUARDED_QWEN.test(parts[at + 1] ?? '')) ? 'guarded' : 'none';
}
