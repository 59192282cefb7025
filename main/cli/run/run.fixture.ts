/** Shared by the tests of runs: a folder, a session, its events, and a scripted engine. */
import {
  Approval,
  type CommandSummary,
  type HostEvent,
  ItemId,
  ProjectSummary,
  SessionSnapshot,
  type SettingsView,
  TurnId,
  type TurnResult,
} from '../../../preload/contract/index.ts';
import { createFakeEngine, type EngineScript, type FakeEngine } from '../../test/support/fake-engine.ts';

export const SESSION = '3f2b8c1e-0d4a-4c6e-9f7b-1a2b3c4d5e6f';

export const project = ProjectSummary.parse({
  id: 'p',
  path: '/p',
  name: 'p',
  trust: 'trusted',
  projectFiles: [],
  exists: true,
  openedAtMs: 0,
});

export const snapshot = SessionSnapshot.parse({
  summary: { id: SESSION, projectId: 'p', title: '', updatedAtMs: 0, createdAtMs: 0, state: 'idle', endedTurns: 0 },
  seq: 0,
  items: [],
  earlierItems: 0,
  approvals: [],
  queue: [],
  mode: 'default',
  model: { providerId: 'x', modelId: 'm' },
  context: { usedTokens: 7, windowTokens: 100 },
  tasks: [],
  toolNames: ['glob'],
});

export const sessionId = snapshot.summary.id;

/** An approval for `echo hi`. */
export const approval = Approval.parse({
  id: 'a1',
  sessionId: SESSION,
  toolCallId: 'call_1',
  toolName: 'run_shell_command',
  toolKind: 'shell',
  title: 'Run a command',
  action: { code: 'run' },
  reason: '',
  command: 'echo hi',
  display: { kind: 'none' },
  createdAtMs: 0,
  digest: 'digest',
});

export const healthySettings: SettingsView = { files: [], problems: [], approvalMode: 'default', theme: 'system', values: [] };

const HELP: CommandSummary = { name: 'help', aliases: [], description: 'd', runsIn: 'engine', source: 'built-in' };

/** The end of a successful turn, with the fields of `part` replaced. */
export function turnResult(part: Partial<TurnResult> = {}): TurnResult {
  return {
    turnId: TurnId.parse('t'),
    end: 'completed',
    usage: { inputTokens: 10, outputTokens: 2, cachedTokens: 4, thinkingTokens: 0 },
    durationMs: 30,
    apiDurationMs: 20,
    modelRequests: 1,
    denied: [],
    ...part,
  };
}

export function endTurn(part?: Partial<TurnResult>): HostEvent {
  return { event: 'turn.ended', data: { sessionId, seq: 9, result: turnResult(part) } };
}

/** A complete answer, in the file. */
export function answer(text: string): HostEvent {
  const id = ItemId.parse(`a-${text}`);
  return {
    event: 'item.added',
    data: { sessionId, seq: 1, item: { kind: 'assistant', id, text, thinking: '', model: 'm', createdAtMs: 0, streaming: false } },
  };
}

/** An engine with this folder and session, no tasks, no servers and one command; the script takes precedence. */
export function engineOf(script: EngineScript): FakeEngine {
  return createFakeEngine({
    ...script,
    projects: { open: async () => project, ...script.projects },
    sessions: { create: async () => snapshot, ...script.sessions },
    tasks: { list: () => [], ...script.tasks },
    commands: { list: async () => [HELP], agentNames: async () => ['Explore'], ...script.commands },
    mcp: { ready: async () => undefined, list: async () => [], ...script.mcp },
    settings: { describe: async () => healthySettings, ...script.settings },
  });
}
