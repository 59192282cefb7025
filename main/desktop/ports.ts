import { homedir } from 'node:os';
import { join } from 'node:path';
import { app } from 'electron';
import type { EnginePorts } from '../engine/index.ts';
import { openLedger } from '../local/ledger.ts';
import { createSurvivorsPort } from '../local/ledger-survivors.ts';
import { createLogger } from '../local/logger.ts';
import { createNodeClock } from '../local/node-clock.ts';
import { createNodeFs } from '../local/node-fs.ts';
import { withHomeRedirects } from '../local/home-redirects.ts';
import { enginePathsOf } from '../local/paths.ts';
import { createPtyClient } from '../local/pty-client.ts';
import { createSecretStore } from '../local/secret-store.ts';
import { createProcessGuard } from '../local/watchdog.ts';
import { openPtyHostChannel } from './pty-host-channel.ts';
import { createShellEnvironment } from './shell-environment.ts';

/** The ports that the desktop supplies to the engine. It differs from a Node host in the pty host process and the environment. */
export function createDesktopPorts(): { readonly ports: EnginePorts; readonly logPath: string } {
  const clock = createNodeClock();
  const paths = enginePathsOf(withHomeRedirects(process.env, homedir()), homedir(), process.platform);
  const logger = createLogger({ gantryHome: paths.gantryHome, name: 'desktop', nowMs: () => clock.now() });
  const openGuard = () => createProcessGuard({ ledger: openLedger(join(paths.gantryHome, 'ledger'), logger), logger });
  const ports: EnginePorts = {
    paths,
    environment: createShellEnvironment(logger),
    secrets: createSecretStore({ gantryHome: paths.gantryHome, logger }),
    openPtyHost: () => {
      // The watchdog first: while Electron starts the pty host, a new process inherits the other end of its channel, and as long as
      // that process runs, Electron does not notice when the pty host ends.
      const guard = openGuard();
      return createPtyClient(openPtyHostChannel(), logger, guard);
    },
    openProcessGroups: openGuard,
    survivors: createSurvivorsPort(join(paths.gantryHome, 'ledger')),
    fs: createNodeFs(),
    logger,
    clock,
    host: { kind: 'desktop', version: app.getVersion() },
    trustedEndpoints: [],
  };
  return { ports, logPath: logger.path };
}
