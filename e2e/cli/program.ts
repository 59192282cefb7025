/** A program that controls the command line with `--input-format stream-json`, as an SDK would. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type CliRig, type Ended, finish, type Message } from './cli-rig.ts';

export interface Program {
  readonly messages: readonly Message[];
  readonly child: ChildProcessWithoutNullStreams;
  send(message: object | string): void;
  prompt(text: string): void;
  request(id: string, subtype: string, more?: object): void;
  answer(requestId: unknown, response: object): void;
  /** The next message, in the order of arrival, that matches. Fails when the process ends without one. */
  next(matches: (message: Message) => boolean): Promise<Message>;
  /** Ends the input and waits for the process. */
  end(): Promise<Ended>;
}

export function startProgram(rig: CliRig, flags: readonly string[] = []): Program {
  const child = rig.start(['--input-format', 'stream-json', '--output-format', 'stream-json', ...flags]);
  const messages: Message[] = [];
  let read = 0;
  let isOver = false;
  let wake = () => {};
  createInterface({ input: child.stdout }).on('line', (line) => {
    messages.push(JSON.parse(line) as Message); // one object per line, by the format
    wake();
  });
  const ended = finish(child).finally(() => {
    isOver = true;
    wake();
  });
  const send = (message: object | string) => void child.stdin.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`);
  return {
    messages,
    child,
    send,
    prompt: (text) =>
      send({ type: 'user', session_id: '', parent_tool_use_id: null, message: { role: 'user', content: [{ type: 'text', text }] } }),
    request: (id, subtype, more = {}) => send({ type: 'control_request', request_id: id, request: { subtype, ...more } }),
    answer: (requestId, response) => send({ type: 'control_response', response: { subtype: 'success', request_id: requestId, response } }),
    async next(matches) {
      for (;;) {
        for (; read < messages.length; read += 1) {
          const message = messages[read];
          if (message === undefined || !matches(message)) continue;
          read += 1;
          return message;
        }
        if (isOver) throw new Error(`the process ended: ${JSON.stringify(await ended)}`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    end() {
      child.stdin.end();
      return ended;
    },
  };
}

export const isResult = (message: Message) => message.type === 'result';
export const isReplyTo =
  (id: string) =>
  ({ type, response }: Message) =>
    type === 'control_response' &&
    typeof response === 'object' &&
    response !== null &&
    'request_id' in response &&
    response.request_id === id;
