/** One conversation over `--input-format stream-json` from a program's side; the same for all programs. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { type ProgramName, start } from './programs.ts';
import type { Answer, SentRequest } from './recording-model.ts';
import type { World } from './world.ts';

export interface ProtocolLine {
  readonly type: string;
  readonly subtype?: string;
  readonly request_id?: string;
  readonly result?: string;
  readonly permission_denials?: readonly { readonly tool_use_id: string }[];
  readonly request?: { readonly subtype: string; readonly tool_name?: string; readonly tool_use_id?: string };
  readonly response?: { readonly request_id: string; readonly subtype: string };
}

export interface ProtocolRun {
  readonly lines: readonly ProtocolLine[];
  readonly code: number | null;
}

/** A prompt that requests a file gets a call that writes one; one that requests a wait gets a slow answer. */
export function protocolModel({ project }: World): (request: SentRequest) => Answer {
  let count = 0;
  return ({ body }) => {
    const last = body.messages.at(-1);
    const text = JSON.stringify(last?.content ?? '');
    count += 1;
    if (last?.role === 'user' && text.includes('WAIT')) return { text: 'One moment, I am thinking.', slow: { chars: 2, pauseMs: 300 } };
    if (last?.role !== 'user' || !text.includes('WRITE')) return { text: 'All done.' };
    const input = { file_path: join(project, `written-${count}.txt`), content: 'x' };
    return { text: 'I write it.', calls: [{ id: `call_${count}`, name: 'write_file', input }] };
  };
}

/**
 * initialize; a write that is allowed; one that is refused; every other request a client can make; a write without approval; an
 * interrupt during an answer; the end of the input.
 */
export async function leadProtocol(program: ProgramName, world: World): Promise<ProtocolRun> {
  const child = start(program, world, ['--input-format', 'stream-json', '--output-format', 'stream-json']);
  const lines: ProtocolLine[] = [];
  let waiting: (() => void)[] = [];
  const wake = () => {
    const woken = waiting;
    waiting = [];
    for (const go of woken) go();
  };
  const send = (line: object) => void child.stdin.write(`${JSON.stringify(line)}\n`);
  const closed = once(child, 'close').then(() => wake());
  child.stdin.on('error', () => undefined); // it may end before the client does
  child.stderr.resume();
  const decisions = [{ behavior: 'allow' }, { behavior: 'deny', message: 'not now' }];
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line: ProtocolLine = JSON.parse(text);
    lines.push(line);
    const asked = line.type === 'control_request' ? decisions.shift() : undefined;
    if (asked !== undefined)
      send({ type: 'control_response', response: { subtype: 'success', request_id: line.request_id, response: asked } });
    wake();
  });
  /** The first matching line from here on; undefined when the program ends without one. */
  const until = async (fits: (line: ProtocolLine) => boolean) => {
    for (let at = lines.length; ; ) {
      const found = lines.slice(at).find(fits);
      if (found !== undefined || child.exitCode !== null || child.signalCode !== null) return found;
      at = lines.length;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  const request = (request_id: string, content: object) => {
    const answered = until(({ response }) => response?.request_id === request_id);
    send({ type: 'control_request', request_id, request: content });
    return answered;
  };
  const say = (content: string) => {
    const answered = until(({ type }) => type === 'result');
    send({ type: 'user', session_id: '', parent_tool_use_id: null, message: { role: 'user', content } });
    return answered;
  };

  await request('r1', { subtype: 'initialize', hooks: null });
  await say('WRITE the first');
  await say('WRITE the second');
  await request('r2', { subtype: 'set_permission_mode', mode: 'yolo' });
  await request('r3', { subtype: 'set_model', model: 'qwen-scripted' });
  await request('r4', { subtype: 'supported_commands' });
  await request('r5', { subtype: 'mcp_server_status' });
  await request('r6', { subtype: 'get_context_usage' });
  await request('r7', { subtype: 'no_such_request' });
  await say('WRITE the third');
  const arrived = world.model.nextRequest();
  const stopped = say('WAIT for me');
  await arrived;
  await request('r8', { subtype: 'interrupt' });
  await stopped;
  child.stdin.end();
  await closed;
  return { lines, code: child.exitCode };
}
