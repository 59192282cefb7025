/** A whole engine on separate folders: real files, real tools, real terminals, a scripted model. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  defined,
  type ApprovalDecision,
  type ProjectSummary,
  type SessionId,
  type TranscriptItem,
  type TurnResult,
} from '../../../preload/contract/index.ts';
import { type EngineParts, composeEngine } from '../../engine/compose-engine.ts';
import type { Clock, Engine, SessionOptions } from '../../engine/index.ts';
import { createNodePorts } from '../../local/node-ports.ts';
import { createScriptedModel, type ScriptedAnswer, type ScriptedModel } from './scripted-model.ts';
import type { SmallDisk } from './small-disk.ts';
import { type WatchedEvents, watchEvents } from './watch-events.ts';

export interface EngineFixture extends WatchedEvents {
  readonly engine: Engine;
  readonly model: ScriptedModel;
  readonly project: ProjectSummary;
  readonly root: string;
  /** Prompts and waits for the end of that turn. */
  run(sessionId: SessionId, text: string): Promise<TurnResult>;
  answerNext(decision: ApprovalDecision, after?: number): Promise<void>;
  items(sessionId: SessionId): Promise<readonly TranscriptItem[]>;
  records(sessionId: SessionId): Record<string, unknown>[];
  sessionFile(sessionId: SessionId): string;
  /** Another engine on the same folders, like another process. */
  second(...answers: ScriptedAnswer[]): Promise<EngineFixture>;
  close(): Promise<void>;
}

export interface FixtureOptions {
  readonly answers?: readonly ScriptedAnswer[];
  readonly files?: Readonly<Record<string, string>>;
  readonly trust?: boolean;
  readonly clock?: Clock;
  /** Default: cli. */
  readonly hostKind?: 'desktop';
  readonly environment?: Readonly<Record<string, string>>;
  /** The disk of the session files. */
  readonly disk?: SmallDisk;
}

export async function createEngineFixture(options: FixtureOptions = {}): Promise<EngineFixture> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-engine-')));
  const root = join(base, 'project');
  mkdirSync(root);
  for (const [name, text] of Object.entries(options.files ?? {})) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const fixture = await openFixture(base, root, options);
  return {
    ...fixture,
    async close() {
      await fixture.close();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

async function openFixture(base: string, root: string, options: FixtureOptions): Promise<EngineFixture> {
  const model = createScriptedModel(...(options.answers ?? []));
  const environment = { PATH: process.env['PATH'] ?? '', HOME: base, ...options.environment };
  const node = createNodePorts({ environment, hostKind: 'cli', version: '0.1.0', trustedEndpoints: [], home: base });
  const ports = {
    ...node,
    ...defined({ clock: options.clock }),
    ...(options.hostKind === undefined ? {} : { host: { ...node.host, kind: options.hostKind } }),
  };
  const parts: EngineParts = {
    models: model.registry,
    ...(options.disk === undefined ? {} : { openForAppend: options.disk.openFile }),
  };
  const engine = composeEngine(ports, parts);
  const { events, until } = watchEvents(engine);
  const project = await engine.projects.open(root, options.trust === false ? {} : { trust: true });
  const chats = join(base, '.qwen', 'projects', root.replace(/[^A-Za-z0-9]/g, '-'), 'chats');
  const sessionFile = (sessionId: SessionId) => join(chats, `${sessionId}.jsonl`);
  let locals = 0;

  return {
    engine,
    model,
    project,
    root,
    events,
    until,
    sessionFile,
    async run(sessionId, text) {
      locals += 1;
      const { turnId } = await engine.sessions.get(sessionId).prompt(text, `local-${locals}`);
      return (await until('turn.ended', ({ result }) => result.turnId === turnId)).result;
    },
    async answerNext(decision, after = 0) {
      let seen = 0;
      const { approval } = await until('approval.requested', () => (seen += 1) > after);
      engine.sessions.get(approval.sessionId).approvals.resolve(approval.id, approval.digest, decision);
    },
    items: async (sessionId) => (await engine.sessions.open(project.id, sessionId)).items,
    records: (sessionId) =>
      readFileSync(sessionFile(sessionId), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    second: (...answers) => openFixture(base, root, { ...options, answers }),
    close: () => engine.close(),
  };
}

/** A session that is ready for its first prompt. */
export async function newSession(fixture: EngineFixture, options: SessionOptions = {}): Promise<SessionId> {
  return (await fixture.engine.sessions.create(fixture.project.id, options)).summary.id;
}
