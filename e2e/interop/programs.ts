/** The three programs that share one home: Gantry from source, and the two releases of Qwen Code that the suite installed. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { World } from './world.ts';

export const QWEN_VERSIONS = ['0.15.10', '0.24.4'] as const;
export type ProgramName = 'gantry' | (typeof QWEN_VERSIONS)[number];

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** Set by resources/scripts/interop.mjs: the folder with one folder for each release. */
const INSTALLED = process.env['GANTRY_INTEROP_QWEN'] ?? '';
const GANTRY = join(import.meta.dirname, '../../main/cli/main.ts');

/** The command, without arguments. */
export function commandOf(program: ProgramName): readonly [command: string, entry: string] {
  return [process.execPath, program === 'gantry' ? GANTRY : join(INSTALLED, program, 'node_modules/@qwen-code/qwen-code/cli.js')];
}

export function start(program: ProgramName, world: World, args: readonly string[], env: Record<string, string> = {}) {
  const [command, entry] = commandOf(program);
  return spawn(command, [entry, ...args], { cwd: world.project, env: { ...world.env, ...env } });
}

export function run(
  program: ProgramName,
  world: World,
  args: readonly string[],
  options: { stdin?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  return ended(start(program, world, args, options.env), options.stdin ?? '');
}

/** Its complete output. */
export async function ended(child: ChildProcessWithoutNullStreams, stdin: string): Promise<Ended> {
  const text = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk) => (text.out += String(chunk)));
  child.stderr.setEncoding('utf8').on('data', (chunk) => (text.err += String(chunk)));
  child.stdin.on('error', () => undefined); // it may have ended without reading
  child.stdin.end(stdin);
  await once(child, 'close');
  return { code: child.exitCode, signal: child.signalCode, ...text };
}
