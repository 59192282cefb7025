/** Builders of host data for tests: complete values, of which a test overrides the fields it is about. */
import {
  defined,
  type Approval,
  ApprovalId,
  type AssistantItem,
  ItemId,
  ProjectId,
  type ProjectSummary,
  ProviderId,
  type ProviderSummary,
  SessionId,
  type SessionSnapshot,
  type SessionSummary,
  type SettingsView,
  TaskId,
  type TaskSummary,
  type ToolItem,
  type TranscriptItem,
  TurnId,
  type RunningTurn,
} from '../../preload/contract/index.ts';
import type { Answers } from './fake-client.ts';

export const PROJECT = ProjectId.parse('p1');
export const SESSION = SessionId.parse('s1');
export const NOW_MS = Date.UTC(2026, 10, 21, 12, 0, 0);

export const itemId = (id: string) => ItemId.parse(id);
export const taskId = (id: string) => TaskId.parse(id);

export const project = (over: Partial<ProjectSummary> = {}): ProjectSummary => ({
  id: PROJECT,
  path: '/home/ada/shop-api',
  name: 'shop-api',
  branch: 'main',
  trust: 'trusted',
  projectFiles: [],
  exists: true,
  openedAtMs: NOW_MS,
  ...over,
});

export const summary = (over: Partial<SessionSummary> = {}): SessionSummary => ({
  id: SESSION,
  projectId: PROJECT,
  title: 'Retry failed webhooks',
  updatedAtMs: NOW_MS,
  createdAtMs: NOW_MS,
  state: 'idle',
  endedTurns: 0,
  ...over,
});

export const provider = (over: Partial<ProviderSummary> = {}): ProviderSummary => ({
  id: ProviderId.parse('demo'),
  protocol: 'demo',
  name: 'Offline demo',
  baseUrl: '',
  models: [{ id: 'gantry-demo', name: 'Gantry demo' }],
  scope: 'builtin',
  key: { source: 'none_needed' },
  endpointTrusted: true,
  ...over,
});

export const snapshot = (over: Partial<SessionSnapshot> = {}): SessionSnapshot => ({
  summary: summary(),
  seq: 1,
  items: [],
  earlierItems: 0,
  approvals: [],
  queue: [],
  mode: 'default',
  model: { providerId: ProviderId.parse('demo'), modelId: 'gantry-demo' },
  context: { usedTokens: 0, windowTokens: 0 },
  tasks: [],
  ...over,
});

export const user = (id: string, text: string, localId?: string): TranscriptItem => ({
  kind: 'user',
  id: itemId(id),
  text,
  createdAtMs: NOW_MS,
  ...defined({ localId }),
});

export const assistant = (id: string, over: Partial<AssistantItem> = {}): AssistantItem => ({
  kind: 'assistant',
  id: itemId(id),
  text: '',
  thinking: '',
  model: 'gantry-demo',
  createdAtMs: NOW_MS,
  streaming: false,
  ...over,
});

export const tool = (id: string, over: Partial<ToolItem> = {}): ToolItem => ({
  kind: 'tool',
  id: itemId(id),
  name: 'read_file',
  toolKind: 'read',
  verb: 'read',
  target: 'src/a.ts',
  status: 'success',
  startedAtMs: NOW_MS,
  endedAtMs: NOW_MS + 50,
  display: { kind: 'none' },
  ...over,
});

export const turn = (over: Partial<RunningTurn> = {}): RunningTurn => ({
  id: TurnId.parse('t1'),
  phase: 'streaming',
  startedAtMs: NOW_MS,
  ...over,
});

export const approval = (over: Partial<Approval> = {}): Approval => ({
  id: ApprovalId.parse('a1'),
  sessionId: SESSION,
  toolCallId: itemId('c1'),
  toolName: 'run_shell_command',
  toolKind: 'shell',
  title: 'Run a command',
  action: { code: 'run' },
  reason: 'Commands that can change something need approval in this mode',
  command: 'psql shop_dev -c "alter table deliveries add column next_try timestamptz"',
  display: { kind: 'none' },
  createdAtMs: NOW_MS,
  digest: 'd1',
  ...over,
});

export const task = (over: Partial<TaskSummary> = {}): TaskSummary => ({
  id: taskId('bg_00000001'),
  sessionId: SESSION,
  command: 'npm run dev',
  cwd: '/home/ada/shop-api',
  pid: 4242,
  placement: 'background',
  wasBackground: true,
  status: 'running',
  startedAtMs: NOW_MS,
  outputBytes: 0,
  droppedBytes: 0,
  lastLine: '',
  rev: 1,
  ...over,
});

export const settings = (over: Partial<SettingsView> = {}): SettingsView => ({
  files: [],
  problems: [],
  approvalMode: 'default',
  values: [],
  theme: 'system',
  ...over,
});

/** A host with one folder and one session, for everything that a window requests at its start. */
export const answers = (over: Answers = {}): Answers => ({
  'app.describe': () => ({ version: '0.0.0', host: 'memory', platform: 'linux', homePath: '/home/ada', canPickFolder: false }),
  'project.list': () => ({ projects: [project()] }),
  'session.list': () => ({ sessions: [summary()] }),
  'session.attach': () => ({ snapshot: snapshot() }),
  'session.detach': () => ({}),
  'session.prompt': () => ({}),
  'task.list': () => ({ tasks: [] }),
  'provider.list': () => ({ providers: [provider()], presets: [] }),
  'settings.describe': () => ({ settings: settings() }),
  'permission.list': () => ({
    entries: [],
    sandbox: { status: 'off' },
    wall: { status: 'on', backend: 'bwrap', filesystem: 'read-only', network: 'closed' },
  }),
  ...over,
});
