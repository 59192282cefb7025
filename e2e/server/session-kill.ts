/**
 * `kill -9` during a run that streams, writes and runs commands, through the command line and through the server: afterwards
 * every line of the session's file parses, except perhaps a torn last one, everything that the program had reported as done is
 * in it, and the session continues with a history that a provider accepts. What counts as reported: on standard output, an
 * answer whose last message has arrived (the one with the usage), and results; over the WebSocket, a prompt that was
 * acknowledged, the row of a prompt, an answer that no longer streams, a call that has ended. A prompt that was sent while the
 * agent worked is afterwards in the session's file or in the queue on disk, and never in both. The output of an interrupted
 * command is sent to the model when the session continues.
 */
import { once } from 'node:events';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { taskIdForCall } from '../../main/engine/task/index.ts';
import type { HostEvent, SessionId, TranscriptItem } from '../../preload/contract/index.ts';
import { type Client, createClient } from '../../renderer/rpc/client.ts';
import { openWebSocketTransport } from '../../renderer/rpc/websocket-transport.ts';
import { faultsOf, historyOf } from '../interop/history.ts';
import { run, start } from '../interop/programs.ts';
import type { Answer, RecordingModel, SentRequest } from '../interop/recording-model.ts';
import { chatsOf, createWorld, type SessionFileRecord, type World } from '../interop/world.ts';
import { startServerProcess } from '../support/server-process.ts';
import type { SessionKill } from './session-kill-plan.ts';

export interface SessionKillReport {
  readonly index: number;
  readonly host: SessionKill['host'];
  /** Records in the file after the kill. */
  readonly records: number;
  readonly isTorn: boolean;
  /** How many texts, calls and results had been reported. */
  readonly reported: number;
  /** Calls without a result after the kill. */
  readonly openCalls: number;
  /** The violations, as text; empty if there are none. */
  readonly problems: readonly string[];
}

/** What the killed program had reported as done. */
interface Reported {
  readonly sessionId: string;
  readonly texts: readonly string[];
  readonly callIds: readonly string[];
  readonly resultIds: readonly string[];
  /** Prompts that were sent while the agent worked; `isTaken`: the host had acknowledged it. */
  readonly waiting: readonly { readonly text: string; readonly isTaken: boolean }[];
}

const PROMPT = 'WORK until the prompt says STOP';

export async function proveSessionKills(
  kills: readonly SessionKill[],
  onReport: (report: SessionKillReport) => void = () => undefined,
): Promise<readonly SessionKillReport[]> {
  await using world = await createWorld();
  world.model.answer = busyModel(world);
  const reports: SessionKillReport[] = [];
  for (const kill of kills) {
    const reported = kill.host === 'cli' ? await killCli(world, kill) : await killServer(world, kill);
    const report = await lookAfter(world, kill, reported);
    reports.push(report);
    onReport(report);
  }
  return reports;
}

/** Streams, reads, writes a long file and runs commands, repeatedly; it answers any other prompt with one word. */
function busyModel({ project }: World): (request: SentRequest) => Answer {
  let count = 0;
  return (request) => {
    const last = historyOf(request).at(-1);
    if (last?.role === 'user' && !last.text.endsWith(PROMPT)) return { text: 'Fine.' };
    count += 1;
    const id = (name: string) => `call_${count}_${name}`;
    const read = { id: id('read'), name: 'read_file', input: { file_path: join(project, 'notes.txt') } };
    const written = { file_path: join(project, `out-${count % 3}.txt`), content: `${count} of the written lines\n`.repeat(3000) };
    const write = { id: id('write'), name: 'write_file', input: written };
    const command = 'for i in 1 2 3; do echo "line $i"; sleep 0.02; done';
    const shell = { id: id('shell'), name: 'run_shell_command', input: { command, description: 'prints' } };
    return {
      thinking: `Thought ${count}: what to do next.`,
      text: `Step ${count} of the work, in a sentence that is streamed – in pieces ✓.`,
      slow: { chars: 12, pauseMs: 10 },
      calls: [[read, write], [shell], [write, shell, read], [read]][count % 4] ?? [read],
    };
  };
}

async function killCli(world: World, kill: SessionKill): Promise<Reported> {
  const sessionId = randomUUID();
  const child = start('gantry', world, ['-o', 'stream-json', '--yolo', '--session-id', sessionId, '-p', PROMPT]);
  child.stdin.end();
  const lines: string[] = [];
  const closed = once(child, 'close');
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  await atItsMoment(world.model, kill);
  child.kill('SIGKILL');
  await closed;
  return reportedOnOutput(
    sessionId,
    lines.flatMap((line): readonly OutputMessage[] => parsed(line)),
  );
}

interface OutputMessage {
  readonly type: string;
  readonly message?: {
    readonly content: readonly { readonly type: string; readonly text?: string; readonly id?: string; readonly tool_use_id?: string }[];
    readonly usage?: { readonly input_tokens: number };
  };
}

function reportedOnOutput(sessionId: string, messages: readonly OutputMessage[]): Reported {
  const isEnd = ({ type, message }: OutputMessage) => type === 'user' || (message?.usage?.input_tokens ?? 0) > 0;
  const whole = messages.slice(0, messages.findLastIndex(isEnd) + 1).flatMap(({ message }) => message?.content ?? []);
  return {
    sessionId,
    texts: whole.flatMap(({ type, text }) => (type === 'text' && text !== undefined ? [text] : [])),
    callIds: whole.flatMap(({ type, id }) => (type === 'tool_use' && id !== undefined ? [id] : [])),
    resultIds: whole.flatMap(({ tool_use_id }) => tool_use_id ?? []),
    waiting: [],
  };
}

async function killServer(world: World, kill: SessionKill): Promise<Reported> {
  const server = await startServerProcess({ home: world.home, env: { ...world.env } });
  const client = createClient({ open: () => openWebSocketTransport(server.webSocketUrl), token: server.token });
  const events: HostEvent[] = [];
  client.onEvent((event) => events.push(event));
  const { project } = await client.request('project.open', { path: world.project });
  await client.request('project.trust', { projectId: project.id, trusted: true });
  const { snapshot } = await client.request('session.create', { projectId: project.id });
  const sessionId = snapshot.summary.id;
  await client.request('session.setMode', { sessionId, mode: 'yolo' });
  const isTaken = { value: false };
  const moment = atItsMoment(world.model, kill.from === 'start' ? { ...kill, afterMs: kill.afterMs / 20 } : kill);
  // The kill may precede the answer.
  client.request('session.prompt', { sessionId, text: PROMPT, localId: 'work' }).then(
    () => (isTaken.value = true),
    () => undefined,
  );
  const waiting = sendMore(client, sessionId, kill);
  await moment;
  const exited = once(server.process, 'exit');
  const lost = new Promise<void>((resolve) => client.onState(({ kind }) => kind === 'lost' && resolve()));
  server.process.kill('SIGKILL');
  await Promise.all([exited, lost]);
  client.close();
  return { ...reportedInEvents(sessionId, events, isTaken.value), waiting };
}

/** Waiting prompts: some are read at the next step, some become turns of their own, some are still waiting at the kill. */
function sendMore(client: Client, sessionId: SessionId, { index }: SessionKill): Reported['waiting'] {
  return Array.from({ length: 3 }, (_unused, at) => {
    const sent = { text: `MORE ${index}.${at} ${PROMPT}`, isTaken: false };
    const delivery = (index + at) % 2 === 0 ? 'steer' : 'queue';
    // The kill may precede the answer, and without a running turn one of them is the first prompt of a turn.
    client.request('session.prompt', { sessionId, text: sent.text, localId: `more-${at}`, delivery }).then(
      () => (sent.isTaken = true),
      () => undefined,
    );
    return sent;
  });
}

function reportedInEvents(sessionId: string, events: readonly HostEvent[], isTaken: boolean): Omit<Reported, 'waiting'> {
  const items = new Map<string, TranscriptItem>();
  for (const event of events) {
    if (event.event === 'item.added' || event.event === 'item.changed') items.set(event.data.item.id, event.data.item);
    if (event.event === 'item.removed') items.delete(event.data.itemId);
  }
  const rows = [...items.values()];
  const tools = rows.filter((row) => row.kind === 'tool');
  const texts = rows.flatMap((row) => ((row.kind === 'assistant' && !row.streaming) || row.kind === 'user' ? [row.text] : []));
  return {
    sessionId,
    texts: [...(isTaken ? [PROMPT] : []), ...texts],
    callIds: tools.map(({ id }) => id),
    resultIds: tools.filter(({ status }) => status === 'success' || status === 'error').map(({ id }) => id),
  };
}

async function atItsMoment(model: RecordingModel, { from, afterMs }: SessionKill): Promise<void> {
  if (from === 'request') await model.nextRequest();
  await wait(afterMs);
}

async function lookAfter(world: World, { index, host }: SessionKill, reported: Reported): Promise<SessionKillReport> {
  const problems: string[] = [];
  const path = join(chatsOf(world), `${reported.sessionId}.jsonl`);
  const before = linesOf(path);
  const broken = before.filter((line) => parsed(line).length === 0);
  const isTorn = broken.length > 0 && broken[0] === before.at(-1);
  if (broken.length > (isTorn ? 1 : 0)) problems.push(`${broken.length} lines do not parse`);
  const records = before.flatMap((line): readonly SessionFileRecord[] => parsed(line));
  problems.push(...missing(reported, records), ...misplaced(world, reported, records));
  const openCalls = openCallsOf(records);
  if (records.length > 0) problems.push(...(await goOn(world, reported, path, { before, openCalls })));
  return { index, host, records: records.length, isTorn, reported: countOf(reported), openCalls: openCalls.length, problems };
}

/** Resumes it and sends another prompt. */
async function goOn(
  world: World,
  reported: Reported,
  path: string,
  { before, openCalls }: { before: readonly string[]; openCalls: readonly string[] },
): Promise<readonly string[]> {
  const asked = world.model.requests.length;
  const printed = printedBy(world, reported.sessionId, openCalls);
  const ended = await run('gantry', world, ['--resume', reported.sessionId, '-p', 'STOP now']);
  if (ended.code !== 0 || ended.out !== 'Fine.\n') return [`it does not go on: ${ended.code} ${ended.out}${ended.err}`];
  const [request] = world.model.requests.slice(asked);
  if (request === undefined) return ['the model was not asked'];
  const history = historyOf(request);
  const sent = JSON.stringify(history);
  const results = new Set(history.flatMap(({ callId }) => callId ?? []));
  const after = linesOf(path);
  return [
    ...faultsOf(history),
    ...(history.at(-1)?.text.endsWith('STOP now') === true ? [] : ['the prompt is not the last that was sent']),
    ...reported.texts.filter((text) => !sent.includes(JSON.stringify(text).slice(1, -1))).map((text) => `not sent again: ${text}`),
    ...[...printed].flatMap(([callId, lines]) => {
      const text = history.find((message) => message.callId === callId)?.text ?? '';
      const isWhole = text.includes('Gantry ended while the command ran') && lines.every((line) => text.includes(line));
      return isWhole ? [] : [`the output of an interrupted command is not sent: ${callId}`];
    }),
    ...openCalls.filter((id) => !results.has(id)).map((id) => `sent without a result: ${id}`),
    ...(before.every((line, at) => after[at] === line) ? [] : ['a line that was there has changed']),
    ...after.slice(before.length).flatMap((line) => (parsed(line).length === 0 ? ['a new line does not parse'] : [])),
    ...openCallsOf(after.flatMap((line): readonly SessionFileRecord[] => parsed(line))).map(
      (id) => `still without a result in the file: ${id}`,
    ),
  ];
}

/** The current location of each prompt that was sent while the agent worked. */
function misplaced({ home }: World, { sessionId, waiting }: Reported, records: readonly SessionFileRecord[]): readonly string[] {
  const ids = new Set(records.map(({ uuid }) => uuid));
  const written = partsOf(records).flatMap(({ text }) => text ?? []);
  const folder = join(home, '.gantry', 'queued', sessionId);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  const queued = names
    .filter((name) => !ids.has(name.slice(16, -5))) // otherwise the kill was between the two writes
    .map((name): string => JSON.parse(readFileSync(join(folder, name), 'utf8')).text);
  return waiting.flatMap(({ text, isTaken }) => {
    const times = [...written, ...queued].filter((each) => each === text).length;
    if (times > 1) return [`a prompt that waited is there ${times} times: ${text}`];
    return times === 0 && isTaken ? [`a prompt that waited is lost: ${text}`] : [];
  });
}

/** The output files of commands without a result, line by line. */
function printedBy(world: World, sessionId: string, callIds: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const entries = callIds.flatMap((callId) => {
    const [path] = globSync(`${world.home}/.qwen/tmp/*/background-shells/${sessionId}/shell-${taskIdForCall(sessionId, callId)}.output`);
    const lines =
      path === undefined
        ? []
        : readFileSync(path, 'utf8')
            .split('\n')
            .filter((line) => line !== '');
    return lines.length === 0 ? [] : [[callId, lines] as const];
  });
  return new Map(entries);
}

interface Part {
  readonly text?: string;
  readonly functionCall?: { readonly id: string };
  readonly functionResponse?: { readonly id: string };
}

function partsOf(records: readonly SessionFileRecord[]): readonly Part[] {
  // Written by Gantry, whose records have this form.
  return records.flatMap((record) => (record['message'] as { parts: readonly Part[] } | undefined)?.parts ?? []);
}

function missing(reported: Reported, records: readonly SessionFileRecord[]): readonly string[] {
  const parts = partsOf(records);
  const calls = new Set(parts.flatMap(({ functionCall }) => functionCall?.id ?? []));
  const results = new Set(parts.flatMap(({ functionResponse }) => functionResponse?.id ?? []));
  const texts = new Set(parts.flatMap(({ text }) => text ?? []));
  return [
    ...reported.texts.filter((text) => !texts.has(text)).map((text) => `reported but not in the file: ${text}`),
    ...reported.callIds.filter((id) => !calls.has(id)).map((id) => `a call that was reported is not in the file: ${id}`),
    ...reported.resultIds.filter((id) => !results.has(id)).map((id) => `a result that was reported is not in the file: ${id}`),
  ];
}

function openCallsOf(records: readonly SessionFileRecord[]): readonly string[] {
  const parts = partsOf(records);
  const results = new Set(parts.flatMap(({ functionResponse }) => functionResponse?.id ?? []));
  return parts.flatMap(({ functionCall }) => functionCall?.id ?? []).filter((id) => !results.has(id));
}

function countOf({ texts, callIds, resultIds }: Reported): number {
  return texts.length + callIds.length + resultIds.length;
}

function linesOf(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

/** One value; none if the line is torn. */
function parsed<T>(line: string): readonly T[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return []; // torn; the caller counts these
  }
}
