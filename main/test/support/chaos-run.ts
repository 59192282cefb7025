/**
 * Turns against a server that often fails, with their invariants: every turn ends, every sent request has a valid history, and
 * every session file loads in another engine and can be continued. Seeded, so that a failure can be repeated.
 */
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import type { FixtureResponse } from '@copilotkit/aimock';
import type { SessionId } from '../../../preload/contract/index.ts';
import { createEngine } from '../../engine/index.ts';
import { createNodePorts } from '../../local/node-ports.ts';
import { type AgentRig, openAgentRig, type ProtocolUnderTest } from './agent-rig.ts';
import type { Spoil } from './model-front.ts';
import { problemsOf } from './request-validity.ts';

export interface ChaosOptions {
  readonly protocols: readonly ProtocolUnderTest[];
  readonly turns: number;
  readonly seed: number;
  readonly turnsPerSession?: number;
  /** The number of each kind: 429, 500, malformed, cut. */
  readonly rate?: number;
  /** `mock`: the mock's own faults, which cannot be seeded, instead of those of the front. */
  readonly by?: 'front' | 'mock';
}

export interface ChaosReport {
  readonly turns: number;
  readonly ends: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly spoilt: Readonly<Record<string, number>>;
  /** Turns that had not ended after a minute, requests with an invalid history, files that do not load. All empty: passed. */
  readonly problems: readonly string[];
}

const TURN_LIMIT_MS = 60_000;

export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const random = createRandom(options.seed);
  const rig = await openAgentRig(options.protocols, { 'a.txt': 'content of a', 'b.txt': 'content of b' });
  try {
    return await perform(rig, options, random);
  } finally {
    await rig.close();
  }
}

async function perform(rig: AgentRig, options: ChaosOptions, random: () => number): Promise<ChaosReport> {
  const spoilt: Record<string, number> = {};
  const ends: Record<string, number> = {};
  const problems: string[] = [];
  const rate = options.rate ?? 0.05;
  if (options.by === 'mock') {
    rig.mock.setChaos({ dropRate: rate, malformedRate: rate, disconnectRate: rate, rateLimitRate: rate });
  } else {
    rig.front.spoilBy(() => chooseSpoil(random(), rate, spoilt));
  }
  rig.answerWith(() => chooseAnswer(rig, random));
  // Retries happen at once, without waiting.
  rig.engine.subscribe((event) => {
    if (event.event !== 'turn.changed' || event.data.turn.phase !== 'retrying') return;
    const { sessionId } = event.data;
    setImmediate(() => rig.engine.sessions.get(sessionId).work.retryNow());
  });
  const models = await Promise.all(options.protocols.map(({ protocol }) => rig.modelOf(protocol)));
  const perSession = options.turnsPerSession ?? 50;
  const sessions: SessionId[] = [];
  for (let turn = 0; turn < options.turns; turn += 1) {
    if (turn % perSession === 0) sessions.push(await rig.newSession());
    const id = sessions.at(-1);
    const model = models[Math.floor(random() * models.length)];
    if (id === undefined || model === undefined) throw new Error('a run needs a protocol');
    rig.engine.sessions.get(id).setModel(model);
    const result = await Promise.race([rig.run(id, `Turn ${turn}`), timeLimit()]);
    if (result === undefined) {
      problems.push(`turn ${turn} of ${id} has not ended`);
      rig.engine.sessions.get(id).work.cancel();
      break;
    }
    ends[result.end] = (ends[result.end] ?? 0) + 1;
  }
  for (const { body } of rig.front.requests.filter((request) => request.body !== '')) problems.push(...problemsOf(body));
  problems.push(...(await reload(rig, sessions)));
  return { turns: options.turns, ends, requests: rig.front.requests.length, spoilt, problems };
}

/** Another engine on the same folders, as the next start of the app. */
async function reload(rig: AgentRig, sessions: readonly SessionId[]): Promise<string[]> {
  await rig.engine.close();
  rig.front.spoilBy(() => undefined);
  rig.mock.clearChaos();
  rig.answerWith(() => ({ content: 'Still here.' }));
  const problems: string[] = [];
  const engine = createEngine(
    createNodePorts({ environment: rig.environment, hostKind: 'cli', version: '0', trustedEndpoints: [], home: rig.home }),
  );
  try {
    const project = await engine.projects.open(rig.root, { trust: true });
    for (const id of sessions) {
      const lines = readFileSync(join(rig.chats, `${id}.jsonl`), 'utf8')
        .trimEnd()
        .split('\n');
      for (const line of lines) JSON.parse(line);
      const { items } = await engine.sessions.open(project.id, id);
      if (items.length === 0) problems.push(`${id} loads empty`);
      const ended = new Promise<string>((resolve) => {
        engine.subscribe((event) => {
          if (event.event === 'turn.ended' && event.data.sessionId === id) resolve(event.data.result.end);
        });
      });
      const asked = rig.front.requests.length;
      await engine.sessions.get(id).prompt('Are you still here?', `again-${id}`);
      const end = await ended;
      if (end !== 'completed') problems.push(`${id} cannot be gone on with: ${end}`);
      problems.push(...rig.front.requests.slice(asked).flatMap((request) => problemsOf(request.body)));
    }
  } catch (error) {
    problems.push(`a session does not load: ${String(error)}`);
  } finally {
    await engine.close();
  }
  return problems;
}

function chooseSpoil(at: number, rate: number, spoilt: Record<string, number>): Spoil | undefined {
  const kinds: readonly (readonly [string, Spoil])[] = [
    ['429', { status: 429, body: { error: { message: 'slow down' } }, headers: { 'retry-after': '1' } }],
    ['500', { status: 500, body: { error: { message: 'oops' } } }],
    ['malformed', 'malformed'],
    ['cut', 'cut'],
  ];
  const found = kinds[Math.floor(at / rate)];
  if (found === undefined) return undefined;
  spoilt[found[0]] = (spoilt[found[0]] ?? 0) + 1;
  return found[1];
}

let calls = 0;

/** Half of the answers end the turn; the others call one or two tools, sometimes a failing one or with broken arguments. */
function chooseAnswer(rig: AgentRig, random: () => number): FixtureResponse {
  const call = (name: string) => ({
    name: 'read_file',
    id: `call_${(calls += 1)}`,
    arguments: random() < 0.1 ? '{"file_path": ' : JSON.stringify({ file_path: join(rig.root, name), limit: Math.ceil(random() * 1000) }),
  });
  const at = random();
  if (at < 0.5)
    return { content: 'All done, as far as I can see from here.', ...(at < 0.2 ? { reasoning: 'Nothing is left to do.' } : {}) };
  if (at < 0.75) return { content: 'I look.', toolCalls: [call('a.txt')] };
  return { toolCalls: [call('a.txt'), call(at < 0.9 ? 'b.txt' : 'absent.txt')], reasoning: 'Two at once.' };
}

function timeLimit(): Promise<undefined> {
  return new Promise((resolve) => void setTimeout(() => resolve(undefined), TURN_LIMIT_MS).unref());
}

/** mulberry32: small, fast, and the same everywhere. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
