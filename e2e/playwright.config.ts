import { availableParallelism } from 'node:os';
import { defineConfig } from '@playwright/test';
import type { HostOptions } from './support/fixtures.ts';

/** `npm run e2e` finds it, and starts a display if there is none. */
const hasElectron = process.env['GANTRY_ELECTRON'] !== undefined;

const STAND_IN = 'e2e/desktop/stand-in*.spec.ts';

/**
 * The same specs on every host: the built page through `gantry serve`, through the desktop's main entry with the stand-in for
 * Electron, and through Electron itself if its binary is available.
 */
export default defineConfig<HostOptions>({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: '../test-results',
  fullyParallel: true,
  workers: Math.ceil(availableParallelism() * 1.5),
  timeout: 180_000,
  expect: { timeout: 30_000 },
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list']],
  use: {
    viewport: { width: 1280, height: 800 },
    colorScheme: 'dark',
    screenshot: 'only-on-failure',
    // A trace takes a snapshot for every message to the stand-in's page: enable it only to investigate a failure.
    trace: process.env['GANTRY_TRACE'] === undefined ? 'off' : 'retain-on-failure',
    launchOptions: {
      ...(process.env['GANTRY_BROWSER'] === undefined ? {} : { executablePath: process.env['GANTRY_BROWSER'] }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  // The specs in `page/` do not depend on the host: they run in Electron, or in a browser where Electron does not run. Where it runs,
  // the stand-in keeps only the specs of what Electron can't show.
  projects: [
    { name: 'server', use: { hostKind: 'server' }, testIgnore: ['e2e/desktop/**', ...(hasElectron ? ['e2e/page/**'] : [])] },
    {
      name: 'desktop-stand-in',
      use: { hostKind: 'desktop-stand-in' },
      testMatch: [STAND_IN, ...(hasElectron ? [] : ['e2e/*.spec.ts'])],
    },
    { name: 'desktop', use: { hostKind: 'desktop' }, testIgnore: ['e2e/server/**', 'e2e/cli/**', STAND_IN] },
  ],
});
