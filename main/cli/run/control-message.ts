/**
 * The lines of `--input-format stream-json`, as data. Pure. Source: docs/formats.md 3.4; the names are wire names. A program
 * may send fields that are not read here.
 */
import { z } from 'zod';
import { defined } from '../../../preload/contract/index.ts';

const Payload = z.looseObject({ subtype: z.string() });

const Line = z.discriminatedUnion('type', [
  z.object({ type: z.literal('user'), message: z.object({ content: z.union([z.string(), z.array(z.unknown())]) }) }),
  z.object({ type: z.literal('control_request'), request_id: z.string(), request: Payload }),
  z.object({
    type: z.literal('control_response'),
    response: z.object({
      subtype: z.string(),
      request_id: z.string(),
      response: z.record(z.string(), z.unknown()).nullish(),
      error: z.unknown().optional(),
    }),
  }),
  z.object({ type: z.literal('control_cancel_request'), request_id: z.string().optional() }),
]);

export type ControlPayload = z.infer<typeof Payload>;

export type ControlMessage =
  | { readonly kind: 'prompt'; readonly text: string }
  | { readonly kind: 'request'; readonly id: string; readonly payload: ControlPayload }
  /** `answer` is absent if the client could not answer; then `error` gives the reason. */
  | { readonly kind: 'response'; readonly id: string; readonly answer?: Readonly<Record<string, unknown>>; readonly error?: string }
  | { readonly kind: 'cancel'; readonly id?: string }
  /** Messages of other kinds (our own, sent back) contain nothing new. */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'unreadable'; readonly reason: string };

const ECHOED = /^(?:assistant|system|result|stream_event|keep_alive)$/;

export function parseControlMessage(line: string): ControlMessage {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { kind: 'unreadable', reason: `it is no JSON (${error instanceof Error ? error.message : String(error)})` };
  }
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  if (typeof type !== 'string') return { kind: 'unreadable', reason: 'it is no object with a "type"' };
  if (ECHOED.test(type)) return { kind: 'ignored' };
  const parsed = Line.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return {
      kind: 'unreadable',
      reason: `"${type}" has no valid ${issue?.path.join('.') || 'type'} (${issue?.message ?? 'unknown kind'})`,
    };
  }
  return toMessage(parsed.data);
}

function toMessage(line: z.infer<typeof Line>): ControlMessage {
  switch (line.type) {
    case 'user':
      return { kind: 'prompt', text: promptOf(line.message.content) };
    case 'control_request':
      return { kind: 'request', id: line.request_id, payload: line.request };
    case 'control_response': {
      const { request_id: id, subtype, response, error } = line.response;
      return subtype === 'success' ? { kind: 'response', id, answer: response ?? {} } : { kind: 'response', id, error: reasonOf(error) };
    }
    case 'control_cancel_request':
      return { kind: 'cancel', ...defined({ id: line.request_id }) };
    default:
      return line satisfies never;
  }
}

/** Text blocks are joined by line ends; other blocks are included as JSON, so that nothing is lost silently. */
function promptOf(content: string | readonly unknown[]): string {
  if (typeof content === 'string') return content;
  return content
    .map((block) => {
      if (typeof block !== 'object' || block === null) return '';
      const isText = 'type' in block && block.type === 'text' && 'text' in block;
      return isText ? (typeof block.text === 'string' ? block.text : '') : JSON.stringify(block);
    })
    .filter((part) => part !== '')
    .join('\n');
}

function reasonOf(error: unknown): string {
  if (typeof error === 'string') return error;
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : undefined;
  return typeof message === 'string' ? message : 'no reason given';
}
