import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { HostEvent } from '../../../preload/contract/index.ts';
import type { Clock, EnginePaths, Environment, Logger } from '../ports.ts';
import { createSettings } from './layered-settings.ts';
import type { LayeredSettings } from './settings-api.ts';

/** A separate machine in a temporary folder, removed after the test. */
export interface TestMachine {
  readonly paths: EnginePaths;
  readonly folder: string;
  write(path: string, content: string | object): string;
}

export function createTestMachine(): TestMachine {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-settings-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const home = join(folder, 'home');
  mkdirSync(home);
  return {
    folder,
    paths: {
      home,
      qwenHome: join(home, '.qwen'),
      qwenRuntime: join(home, '.qwen'),
      gantryHome: join(home, '.gantry'),
      systemSettings: join(folder, 'etc', 'settings.json'),
      systemDefaults: join(folder, 'etc', 'system-defaults.json'),
    },
    write(path, content) {
      const full = path.startsWith('/') ? path : join(folder, path);
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, typeof content === 'string' ? content : JSON.stringify(content, undefined, 2));
      return full;
    },
  };
}

export interface TestSettings {
  readonly settings: LayeredSettings;
  readonly events: HostEvent[];
  /** Everything that was logged, as one text. */
  readonly logged: () => string;
  readonly logger: Logger;
}

export function openTestSettings(
  machine: TestMachine,
  environment: Environment = {},
  clock: Clock = stillClock(),
  flags?: Readonly<Record<string, unknown>>,
): TestSettings {
  const events: HostEvent[] = [];
  const lines: string[] = [];
  const note = (message: string, fields?: Record<string, unknown>) => void lines.push(JSON.stringify({ message, ...fields }));
  const logger: Logger = { debug: note, info: note, warn: note, error: note };
  const settings = createSettings({
    paths: machine.paths,
    environment: () => Promise.resolve(environment),
    clock,
    logger,
    emit: (event) => events.push(event),
    flags,
  });
  onTestFinished(() => settings.close());
  return { settings, events, logger, logged: () => lines.join('\n') };
}

/** A clock that does not move; timers never fire. */
export function stillClock(nowMs = 1_700_000_000_000): Clock {
  return { now: () => nowMs, after: () => () => undefined };
}

/** Real timers, for waits of a few ms. */
export function realClock(): Clock {
  return {
    now: () => Date.now(),
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  };
}
