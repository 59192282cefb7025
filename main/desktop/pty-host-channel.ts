import { utilityProcess } from 'electron';
import { PTY_HOST_ENTRY } from '../local/install-paths.ts';
import { type PtyChannel, ptyHostEnvironment } from '../local/pty-client.ts';

/** The pty host's process: Electron's kind, because the fuse that lets Electron run as Node is off. */
export function openPtyHostChannel(): PtyChannel {
  const child = utilityProcess.fork(PTY_HOST_ENTRY, [], {
    serviceName: 'Gantry terminals',
    env: ptyHostEnvironment(process.env),
    stdio: 'ignore',
  });
  return {
    post: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.once('exit', (code) => listener(`exit code ${code}`)),
    kill: () => void child.kill(),
  };
}
