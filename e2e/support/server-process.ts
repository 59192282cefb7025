import { type ChildProcess, spawn } from 'node:child_process';
import { CLI } from '../../main/test/support/built-cli.ts';
import { COMPILE_CACHE } from '../../main/test/support/compile-cache.ts';
import { createInterface } from 'node:readline';

export interface ServerProcess {
  readonly url: string;
  readonly token: string;
  readonly webSocketUrl: string;
  readonly process: ChildProcess;
  /** Ends it as a user would (SIGTERM) and waits. */
  stop(): Promise<void>;
}

/** `gantry serve` as built, on a free port, with its own home folder. */
export async function startServerProcess(options: {
  home: string;
  args?: readonly string[];
  /** Default: the page alone confirms what it grants, because a test has no terminal. */
  confirmInPage?: boolean;
  env?: Record<string, string>;
}): Promise<ServerProcess> {
  const child = spawn(
    process.execPath,
    [CLI, 'serve', '--port', '0', ...(options.confirmInPage === false ? [] : ['--confirm-in-page']), ...(options.args ?? [])],
    {
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: options.home,
        SHELL: '/bin/bash',
        GANTRY_HOME: `${options.home}/.gantry`,
        ...COMPILE_CACHE,
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const errors: string[] = [];
  child.stderr.on('data', (chunk) => errors.push(String(chunk)));
  const address = await new Promise<URL>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with code ${code}: ${errors.join('')}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /https?:\/\/\S+/.exec(line);
      if (found !== null) resolve(new URL(found[0]));
    });
  });
  const token = new URLSearchParams(address.hash.slice(1)).get('token');
  if (token === null) throw new Error(`the server printed no token: ${address.href}`);
  return {
    url: address.href,
    token,
    webSocketUrl: `ws://${address.host}/ws`,
    process: child,
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}
