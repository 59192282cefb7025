import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { readRegularFileSync } from '../engine/lib/regular-file.ts';
import type { Environment } from '../engine/ports.ts';

const NAMES = ['QWEN_HOME', 'QWEN_RUNTIME_DIR'] as const;

/**
 * Adds QWEN_HOME and QWEN_RUNTIME_DIR from the user's own `.env` files to the environment if it lacks them: only
 * those files may set where settings and sessions are, and they are read before anything else.
 * Errors: none; an unreadable file adds nothing. Source: docs/formats.md 1.2, and the behaviour of 0.15.10.
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
    return {}; // absent or unreadable: the default folders apply
  }
}
