import { utilityProcess } from 'electron';
import { PTY_HOST_ENTRY } from '../local/install-paths.ts';
import type { PtyChannel } from '../local/pty-client.ts';

/** The terminals' process needs little of the environment: each command brings its own. Keys must not be among it. */
const KEPT_VARIABLES = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'LC_CTYPE', 'SystemRoot', 'windir', 'ComSpec', 'TEMP', 'TMP', 'USERPROFILE'];

/** The terminals' own process: Electron's kind, because the fuse that lets Electron run as Node is off. */
export function openPtyHostChannel(): PtyChannel {
  const env = Object.fromEntries(KEPT_VARIABLES.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
  const child = utilityProcess.fork(PTY_HOST_ENTRY, [], { serviceName: 'Gantry terminals', env, stdio: 'ignore' });
  return {
    post: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.once('exit', (code) => listener(`exit code ${code}`)),
    kill: () => void child.kill(),
  };
}
