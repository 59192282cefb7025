/** An engine as a host creates it, with a user's settings, against a mock that supports every protocol. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type FixtureResponse, LLMock } from '@copilotkit/aimock';
import {
  defined,
  type ModelRef,
  type ProjectSummary,
  type SessionId,
  type TurnResult,
  type WireProtocol,
} from '../../../preload/contract/index.ts';
import { createEngine, type Engine } from '../../engine/index.ts';
import { createNodePorts } from '../../local/node-ports.ts';
import { type ModelFront, openModelFront } from './model-front.ts';
import { type WatchedEvents, watchEvents } from './watch-events.ts';

/** The differences between protocols in a test; the rest of a scenario is the same. */
export interface ProtocolUnderTest {
  readonly protocol: WireProtocol;
  /** A model that thinks and reads images, by its name. */
  readonly modelId: string;
  /** The base URL of a server at this origin. */
  readonly baseUrl: (origin: string) => string;
  /** Further fields of the `modelProviders` entry, and of the environment. */
  readonly entry?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Set if the mock has the same under another path. */
  readonly mockPath?: (path: string) => string;
  /** The list in `modelProviders`. Default: the protocol's name. */
  readonly listKey?: string;
  /** An error in the vendor's form. */
  readonly errorBody: (status: number, message: string, code: string) => object;
  /** The text of the error for a prompt that is too long. */
  readonly overflow: { readonly status: number; readonly message: string };
}

export const KEY = 'sk-canary-0123456789abcdef';

export interface AgentRig extends WatchedEvents {
  readonly engine: Engine;
  readonly front: ModelFront;
  readonly mock: LLMock;
  readonly environment: Readonly<Record<string, string>>;
  readonly project: ProjectSummary;
  readonly root: string;
  readonly home: string;
  /** The answers of the mock, one for each request that reaches it. */
  script(...answers: FixtureResponse[]): void;
  /** Called at the end of the script. */
  answerWith(answer: () => FixtureResponse): void;
  modelOf(protocol: WireProtocol): Promise<ModelRef>;
  newSession(options?: Parameters<Engine['sessions']['create']>[1]): Promise<SessionId>;
  /** Prompts and waits for the end of the turn. */
  run(sessionId: SessionId, text: string): Promise<TurnResult>;
  /** Where session files are. */
  readonly chats: string;
  /** The text of every file that the engine could have written. */
  allFiles(): string[];
  close(): Promise<void>;
}

export async function openAgentRig(
  protocols: readonly ProtocolUnderTest[],
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<AgentRig> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-agent-')));
  const root = join(home, 'project');
  mkdirSync(root);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  const answers: FixtureResponse[] = [];
  let further = (): FixtureResponse => ({ error: { message: 'the script has no further answer' }, status: 400 });
  const mock = new LLMock({ port: 0, logLevel: 'silent' });
  mock.on({ predicate: () => true }, () => answers.shift() ?? further());
  await mock.start();
  const front = await openModelFront(mock.url, (path) => protocols.reduce((at, { mockPath }) => mockPath?.(at) ?? at, path));
  const [first] = protocols;
  writeSettings(home, front.origin, protocols);
  const environment: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    SUITE_KEY: KEY,
    ...Object.assign({}, ...protocols.map((under) => under.environment)),
  };
  const engine = createEngine(createNodePorts({ environment, hostKind: 'cli', version: '0', trustedEndpoints: [], home }));
  const watched = watchEvents(engine);
  const project = await engine.projects.open(root, { trust: true });
  const modelOf = async (protocol: WireProtocol): Promise<ModelRef> => {
    const { providers } = await engine.providers.list(project.id);
    const found = providers.find((provider) => provider.protocol === protocol);
    const modelId = protocols.find((under) => under.protocol === protocol)?.modelId;
    if (found === undefined || modelId === undefined) throw new Error(`no provider speaks ${protocol}`);
    return { providerId: found.id, modelId };
  };
  let prompts = 0;
  return {
    engine,
    front,
    mock,
    environment,
    project,
    root,
    home,
    ...watched,
    chats: join(home, '.qwen', 'projects', root.replace(/[^A-Za-z0-9]/g, '-'), 'chats'),
    script: (...more) => void answers.push(...more),
    answerWith: (next) => void (further = next),
    modelOf,
    async newSession(options = {}) {
      const model = options.model ?? (first === undefined ? undefined : await modelOf(first.protocol));
      return (await engine.sessions.create(project.id, { ...options, ...defined({ model }) })).summary.id;
    },
    async run(sessionId, text) {
      prompts += 1;
      const { turnId } = await engine.sessions.get(sessionId).prompt(text, `local-${prompts}`);
      return (await watched.until('turn.ended', ({ result }) => result.turnId === turnId)).result;
    },
    allFiles: () =>
      readdirSync(home, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')),
    async close() {
      await engine.close();
      await front.close();
      await mock.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function writeSettings(home: string, origin: string, protocols: readonly ProtocolUnderTest[]): void {
  const modelProviders: Record<string, object[]> = {};
  for (const { protocol, modelId, baseUrl, entry, listKey } of protocols) {
    (modelProviders[listKey ?? protocol] ??= []).push({ id: modelId, baseUrl: baseUrl(origin), envKey: 'SUITE_KEY', ...entry });
  }
  mkdirSync(join(home, '.qwen'));
  writeFileSync(join(home, '.qwen', 'settings.json'), JSON.stringify({ modelProviders, model: { name: protocols[0]?.modelId } }));
}
