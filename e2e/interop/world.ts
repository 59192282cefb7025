/** An isolated machine for one test: a home, a project, and a model server that all its settings point to. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RecordingModel, startRecordingModel } from './recording-model.ts';

/** Used with `await using`: tests run in parallel, so each cleans up only its own. */
export interface World extends AsyncDisposable {
  readonly home: string;
  readonly project: string;
  readonly model: RecordingModel;
  /** The environment of every program; from this process it has only the PATH. */
  readonly env: Readonly<Record<string, string>>;
  writeSettings(settings: object): void;
}

export interface SessionFileRecord {
  readonly uuid: string;
  readonly parentUuid: string | null;
  readonly type: string;
  readonly subtype?: string;
  readonly version?: string;
  readonly [field: string]: unknown;
}

/** Both programs send requests about memory and suggestions; the suite needs the conversation only. */
export const QUIET = {
  memory: { enableManagedAutoMemory: false, enableManagedAutoDream: false },
  ui: { enableFollowupSuggestions: false },
  general: { enableAutoUpdate: false, disableAutoUpdate: true },
  privacy: { usageStatisticsEnabled: false },
  telemetry: { enabled: false },
  tools: { approvalMode: 'default' },
} as const;

export async function createWorld(): Promise<World> {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-interop-')));
  const [home, project] = [join(scratch, 'home'), join(scratch, 'project')];
  mkdirSync(join(home, '.qwen'), { recursive: true });
  mkdirSync(project);
  writeFileSync(join(project, 'notes.txt'), 'one\ntwo\n');
  const model = await startRecordingModel();
  const writeSettings = (settings: object) => writeFileSync(join(home, '.qwen', 'settings.json'), JSON.stringify(settings, null, 2));
  writeSettings({
    ...QUIET,
    modelProviders: { openai: [{ id: 'qwen-scripted', baseUrl: `${model.url}/v1`, envKey: 'SCRIPTED_KEY' }] },
    security: { auth: { selectedType: 'openai' } },
    model: { name: 'qwen-scripted' },
  });
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    GANTRY_HOME: join(home, '.gantry'),
    SHELL: '/bin/bash',
    LANG: 'C.UTF-8',
    SCRIPTED_KEY: 'key-of-the-script',
  };
  return {
    home,
    project,
    model,
    env,
    writeSettings,
    async [Symbol.asyncDispose]() {
      await model.stop();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/** The folder where all three keep the sessions of this project. */
export function chatsOf({ home, project }: World): string {
  return join(home, '.qwen', 'projects', project.replace(/[^A-Za-z0-9]/g, '-'), 'chats');
}

export function sessionIds(world: World): readonly string[] {
  return readdirSync(chatsOf(world)).flatMap((name) => (name.endsWith('.jsonl') ? [name.slice(0, -'.jsonl'.length)] : []));
}

/** Every line must parse. */
export function readSession(world: World, id: string): readonly SessionFileRecord[] {
  const text = readFileSync(join(chatsOf(world), `${id}.jsonl`), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line): SessionFileRecord => JSON.parse(line));
}
