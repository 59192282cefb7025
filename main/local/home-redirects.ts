import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { readRegularFileSync } from '../engine/lib/regular-file.ts';
import type { Environment } from '../engine/ports.ts';

const NAMES = ['QWEN_HOME', 'QWEN_RUNTIME_DIR'] as const;

/**
 * The environment with QWEN_HOME and QWEN_RUNTIME_DIR as the user's own `.env` files name them, where it has none: only
 * those files may say where settings and sessions are, and they are read before anything else.
 * Errors: none; a file that cannot be read says nothing. Source: docs/formats.md 1.2, and what 0.15.10 does.
 */
export function withHomeRedirects(environment: Environment, home: string): Environment {
  const found: Record<string, string> = {};
  const take = (path: string) => {
    const written = readVariables(path);
    for (const name of NAMES) {
      const value = written[name];
      if (environment[name] === undefined && found[name] === undefined && value) found[name] = value;
    }
  };
  const given = environment['QWEN_HOME'];
  if (given) {
    take(join(given, '.env'));
  } else {
    take(join(home, '.qwen', '.env'));
    take(join(home, '.env'));
    if (found['QWEN_HOME'] !== undefined) take(join(found['QWEN_HOME'], '.env'));
  }
  return { ...environment, ...found };
}

function readVariables(path: string): Environment {
  try {
    return parseEnv(String(readRegularFileSync(path)));
  } catch {
    return {}; // absent or unreadable: the usual folders hold
  }
}
