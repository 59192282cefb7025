import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { availableParallelism } from 'node:os';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { META_POLICY } from './main/local/page-files.ts';
import { compileMessages } from './resources/vite/compile-messages.ts';
import { collectLicences } from './resources/vite/licences.ts';

const packageJson = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'));

/**
 * Loaded from node_modules by the built main process: Electron, what brings a binary, and what asks for the place of its own
 * file. Everything else is bundled, which starts faster.
 */
const UNBUNDLED = [
  'electron',
  'electron-store',
  'node-pty',
  '@napi-rs/keyring',
  '@vscode/ripgrep',
  'write-file-atomic',
  'web-tree-sitter',
  'tree-sitter-bash',
];
const external = [
  ...UNBUNDLED.flatMap((name) => [name, new RegExp(`^${name}/`)]),
  ...builtinModules,
  ...builtinModules.map((name) => `node:${name}`),
];

const licences = collectLicences(import.meta.dirname);

const define = { __GANTRY_VERSION__: JSON.stringify(packageJson.version) };

/** The built page also carries the policy that its hosts send. Not with Vite's own server, which puts inline scripts into it. */
const pageWithPolicy: Plugin = {
  name: 'page-with-policy',
  apply: 'build',
  transformIndexHtml: () => [
    { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: META_POLICY }, injectTo: 'head-prepend' },
  ],
};

/** Programs that a test starts load in half the time: see `main/test/support/compile-cache.ts`. */
const COMPILE_CACHE = new URL('./node_modules/.cache/gantry-tests', import.meta.url).pathname;

/** The tests use the pty host that ships. */
const PTY_HOST = new URL('./dist/main/pty-host.js', import.meta.url).pathname;

/** A wait ends when its condition holds. These limits only end a test that hangs, on a machine that other programs keep busy. Unit: ms. */
const PATIENT = { testTimeout: 300_000, hookTimeout: 120_000, expect: { poll: { timeout: 60_000 } } };

/**
 * Tests without a process of their own. A test that changes its process (environment, working directory, timers) or mocks a module
 * is in another folder.
 */
const SHARED = [
  'main/engine/**/*.test.ts',
  'main/{acp,acp-shapes,rpc,server,test}/**/*.test.ts',
  'main/pty-host/{*,terminal/*}.test.ts',
  'main/cli/*/**/*.test.ts',
  'preload/**/*.test.ts',
  'resources/**/*.test.ts',
];

const ON_NODE = {
  extends: false as const,
  define,
  plugins: [compileMessages],
  test: {
    root: import.meta.dirname,
    environment: 'node',
    // The tests wait for the processes that they start: with three workers two cores are busy 92 % of the time, with two 81 %.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    setupFiles: ['main/test/support/seed-properties.ts', 'main/test/support/wait-longer.ts'],
    ...PATIENT,
    globalSetup: ['resources/scripts/lib/build-first.mjs'],
    env: { NODE_COMPILE_CACHE: COMPILE_CACHE, GANTRY_TEST_PTY_HOST: PTY_HOST },
    pool: 'forks' as const,
  },
};

/**
 * One file builds everything (`vite build --app`):
 * dist/renderer  the window's page, relative paths so that app:// and http:// both serve it
 * dist/main      desktop, cli, server and pty-host, sharing the engine's chunk
 * dist/preload   one CommonJS file, as a sandboxed preload must be
 * dist/licences.txt  see resources/vite/licences.ts
 */
export default defineConfig({
  root: 'renderer',
  base: './',
  cacheDir: '../node_modules/.vite',
  define,
  plugins: [react(), tailwindcss(), compileMessages, pageWithPolicy, licences.plugin],
  worker: { format: 'es', plugins: () => [licences.plugin] },
  builder: {
    sharedConfigBuild: true, // one list of licences for all environments
    async buildApp(builder) {
      await Promise.all(Object.values(builder.environments).map((environment) => builder.build(environment)));
      licences.write(new URL('./dist/licences.txt', import.meta.url).pathname);
    },
  },
  environments: {
    client: {
      build: { outDir: '../dist/renderer', emptyOutDir: true, target: 'es2023', chunkSizeWarningLimit: 1200 },
    },
    main: {
      consumer: 'server',
      resolve: { external: UNBUNDLED, noExternal: true },
      build: {
        outDir: '../dist/main',
        emptyOutDir: true,
        copyPublicDir: false,
        ssr: true,
        target: 'node22',
        minify: false,
        rolldownOptions: {
          input: {
            desktop: new URL('./main/desktop/main.ts', import.meta.url).pathname,
            cli: new URL('./main/cli/main.ts', import.meta.url).pathname,
            'pty-host': new URL('./main/pty-host/main.ts', import.meta.url).pathname,
          },
          external,
          // The contract is declarations alone: who uses one of them does not build the schemas of all.
          treeshake: { moduleSideEffects: [{ test: /\/preload\/contract\//, sideEffects: false }] },
          output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
        },
      },
    },
    preload: {
      consumer: 'server',
      resolve: { noExternal: true },
      build: {
        outDir: '../dist/preload',
        emptyOutDir: true,
        copyPublicDir: false,
        ssr: true,
        target: 'node22',
        minify: false,
        rolldownOptions: {
          input: { index: new URL('./preload/index.ts', import.meta.url).pathname },
          external: ['electron'],
          output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
        },
      },
    },
  },
  test: {
    projects: [
      {
        ...ON_NODE,
        test: {
          ...ON_NODE.test,
          name: 'unit',
          include: SHARED,
          setupFiles: [...ON_NODE.test.setupFiles, 'main/test/support/no-mocked-modules.ts'],
          // These files change nothing in their process, so they share it and what it has loaded: a third of the CPU time.
          isolate: false,
          restoreMocks: true,
        },
      },
      {
        ...ON_NODE,
        test: {
          ...ON_NODE.test,
          name: 'node',
          include: ['main/**/*.test.ts', 'e2e/**/*.test.ts'],
          exclude: SHARED,
        },
      },
      {
        extends: false,
        define,
        plugins: [react(), compileMessages],
        test: {
          name: 'jsdom',
          root: import.meta.dirname,
          environment: 'jsdom',
          // A worker makes jsdom once and not for each file: 44 s instead of 160 s for all of them.
          pool: 'vmThreads',
          maxWorkers: Math.ceil(availableParallelism() * 1.5),
          include: ['renderer/**/*.test.{ts,tsx}'],
          setupFiles: ['main/test/support/seed-properties.ts', 'main/test/support/wait-longer.ts', 'renderer/test/wait-longer.ts'],
          ...PATIENT,
        },
      },
    ],
  },
});
