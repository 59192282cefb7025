/**
 * Where a `.env` may be and which of its variables count. Pure; the caller reads the files.
 * Order: from the project's folder upwards `<dir>/.qwen/.env`, then `<dir>/.env`; then the user's own. The first file found
 * counts; files are not merged. Source: docs/formats.md 1.2.
 */
import { dirname, join } from 'node:path';
import type { EnginePaths, Environment } from '../ports.ts';

export interface DotenvCandidate {
  readonly path: string;
  /** In the project or above it, not in the user's own folders. */
  readonly isProject: boolean;
  /** In a `.qwen` folder: `advanced.excludedEnvVars` does not apply. */
  readonly isQwen: boolean;
}

const DEFAULT_EXCLUDED = ['DEBUG', 'DEBUG_MODE'];

/** A folder must not change how programs are loaded or where settings and keys come from. */
const FORBIDDEN_IN_PROJECT =
  /^(?:NODE_OPTIONS|NODE_PATH|NODE_EXTRA_CA_CERTS|NODE_TLS_REJECT_UNAUTHORIZED|NODE_REPL_.*|OPENSSL_CONF|BASH_FUNC_.*|npm_config_.*|LD_.*|DYLD_.*|ELECTRON_.*|BASH_ENV|ENV|ZDOTDIR|PATH|HOME|USERPROFILE|SHELL|QWEN_HOME|QWEN_RUNTIME_DIR|QWEN_CODE_SYSTEM_.*|QWEN_TLS_INSECURE|QWEN_SERVER_TOKEN|GANTRY_.*|GIT_SSH.*|GIT_EXEC_PATH|PYTHONSTARTUP|PYTHONPATH|PERL5OPT|RUBYOPT)$/i;

/** Whether no file may set this name: it changes how programs are loaded, or where settings come from. Pure. */
export function isLoaderName(name: string): boolean {
  return FORBIDDEN_IN_PROJECT.test(name);
}

/** `cwd` absent: only the user's own files. Untrusted: the files of the project and of folders above it do not count. */
export function dotenvCandidates(
  paths: EnginePaths,
  project?: { readonly cwd: string; readonly trusted: boolean },
): readonly DotenvCandidate[] {
  const user = [join(paths.qwenHome, '.env'), join(paths.home, '.qwen', '.env')].map((path) => ({ path, isProject: false, isQwen: true }));
  const own: DotenvCandidate[] = [...user, { path: join(paths.home, '.env'), isProject: false, isQwen: false }];
  if (project === undefined || !project.trusted) return unique(own);
  const found: DotenvCandidate[] = [];
  for (let dir = project.cwd; dir !== paths.home; dir = dirname(dir)) {
    found.push(
      { path: join(dir, '.qwen', '.env'), isProject: true, isQwen: true },
      { path: join(dir, '.env'), isProject: true, isQwen: false },
    );
    if (dirname(dir) === dir) break;
  }
  return unique([...found, ...own]);
}

/** The variables of a file that count: without excluded ones and those that the process environment already has. */
export function usableVariables(
  parsed: Readonly<Record<string, string>>,
  candidate: DotenvCandidate,
  processEnvironment: Environment,
  excluded: readonly string[] | undefined,
): Environment {
  const skipped = new Set(candidate.isProject && !candidate.isQwen ? (excluded ?? DEFAULT_EXCLUDED) : []);
  return Object.fromEntries(
    Object.entries(parsed).filter(
      ([name]) => processEnvironment[name] === undefined && !skipped.has(name) && !(candidate.isProject && isLoaderName(name)),
    ),
  );
}

function unique(candidates: readonly DotenvCandidate[]): readonly DotenvCandidate[] {
  return candidates.filter((candidate, index) => candidates.findIndex((other) => other.path === candidate.path) === index);
}
