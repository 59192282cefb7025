/** The conversation in a request, without the parts that each program adds about itself. Pure. */
import type { Answer, SentMessage, SentRequest } from './recording-model.ts';

export interface Said {
  readonly role: string;
  readonly text: string;
  readonly thinking?: string;
  readonly calls?: readonly { readonly id: string; readonly name: string; readonly input: unknown }[];
  readonly callId?: string;
}

/**
 * Omitted: the system prompt, the greeting that 0.15.10 begins with, the reminders that 0.24.4 puts before a prompt. Different
 * notations get one form: a content (a text, or a list of texts), the arguments of a call, and prompts that follow each other
 * without an answer (0.24.4 sends them as one message).
 */
export function historyOf(request: SentRequest): readonly Said[] {
  const said = request.body.messages.filter(({ role }) => role !== 'system').map(toSaid);
  const isGreeted = said[0]?.text.startsWith('This is the Qwen Code. We are setting up the context') ?? false;
  return joined(said.slice(isGreeted ? 2 : 0));
}

/** Joins neighbouring prompts. */
export function joined(said: readonly Said[]): readonly Said[] {
  const whole: Said[] = [];
  for (const next of said) {
    const last = whole.at(-1);
    if (next.role === 'user' && next.text === '') continue;
    if (last?.role === 'user' && next.role === 'user') whole[whole.length - 1] = prompted(`${last.text}\n${next.text}`);
    else whole.push(next);
  }
  return whole;
}

/** The answer in the history of the next request. */
export function saidBy({ text = '', thinking, calls }: Answer): Said {
  return {
    role: 'assistant',
    text,
    ...(thinking === undefined ? {} : { thinking }),
    ...(calls === undefined ? {} : { calls: calls.map(({ id, name, input }) => ({ id, name, input })) }),
  };
}

export function prompted(text: string): Said {
  return { role: 'user', text };
}

function toSaid(message: SentMessage): Said {
  return {
    role: message.role,
    text: textOf(message),
    ...(message.reasoning_content ? { thinking: message.reasoning_content } : {}),
    ...(message.tool_calls === undefined ? {} : { calls: message.tool_calls.map(toCall) }),
    ...(message.tool_call_id === undefined ? {} : { callId: message.tool_call_id }),
  };
}

function toCall({ id, function: { name, arguments: text } }: NonNullable<SentMessage['tool_calls']>[number]) {
  const input: unknown = JSON.parse(text);
  return { id, name, input };
}

function textOf({ role, content }: SentMessage): string {
  const parts =
    typeof content === 'string'
      ? [content]
      : (content ?? []).map((part) => part.text ?? (part.type === 'text' ? '' : JSON.stringify(part)));
  if (role !== 'user') return parts.join('\n');
  return parts
    .map((part) => part.replace(/<system-reminder>[\s\S]*?<\/system-reminder>\s*/g, ''))
    .filter((part) => part !== '')
    .join('\n');
}

/** What a provider refuses: a call without its result, or a result without its call. */
export function faultsOf(history: readonly Said[]): readonly string[] {
  const faults: string[] = [];
  let open: string[] = [];
  for (const { role, calls, callId = '' } of history) {
    if (role === 'tool') {
      if (!open.includes(callId)) faults.push(`a result of no call: ${callId}`);
      open = open.filter((id) => id !== callId);
      continue;
    }
    faults.push(...open.map((id) => `a call without a result: ${id}`));
    open = (calls ?? []).map(({ id }) => id);
  }
  return [...faults, ...open.map((id) => `a call without a result: ${id}`)];
}
