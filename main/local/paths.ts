import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { EnginePaths, Environment } from '../engine/ports.ts';

/**
 * The paths of settings, sessions and Gantry's own state on this machine. Pure; creates nothing.
 * `home` is the host's `os.homedir()`. Variables: QWEN_HOME, QWEN_RUNTIME_DIR, GANTRY_HOME,
 * QWEN_CODE_SYSTEM_SETTINGS_PATH, QWEN_CODE_SYSTEM_DEFAULTS_PATH; `~` and relative paths count from `home`.
 * Source: docs/formats.md 1.1, 1.2.
 */
export function enginePathsOf(environment: Environment, home: string, platform: NodeJS.Platform): EnginePaths {
  const named = (variable: string): string | undefined => {
    const written = environment[variable]?.trim() ?? '';
    if (written === '') return undefined;
    if (written === '~' || written.startsWith('~/')) return join(home, written.slice(1));
    return isAbsolute(written) ? written : resolve(home, written);
  };
  const qwenHome = named('QWEN_HOME') ?? join(home, '.qwen');
  const systemSettings = named('QWEN_CODE_SYSTEM_SETTINGS_PATH') ?? join(systemFolder(platform), 'settings.json');
  return {
    home,
    qwenHome,
    qwenRuntime: named('QWEN_RUNTIME_DIR') ?? qwenHome,
    gantryHome: named('GANTRY_HOME') ?? join(home, '.gantry'),
    systemSettings,
    systemDefaults: named('QWEN_CODE_SYSTEM_DEFAULTS_PATH') ?? join(dirname(systemSettings), 'system-defaults.json'),
  };
}

function systemFolder(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return '/Library/Application Support/QwenCode';
  return platform === 'win32' ? 'C:\\ProgramData\\qwen-code' : '/etc/qwen-code';
}
