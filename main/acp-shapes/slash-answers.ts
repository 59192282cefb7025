/** The answers to slash commands as an editor receives them. The marks are those of Qwen Code 0.24.4. */
import type { SessionUpdate } from '@agentclientprotocol/sdk';
import type { CommandAnswer } from '../../preload/contract/index.ts';
import type { SessionHandle } from '../engine/index.ts';

export function slashChunk(text: string, more: Readonly<Record<string, unknown>> = {}): SessionUpdate {
  return { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text }, _meta: { ...more, source: 'slash_command' } };
}

/** Runs a slash command that needs no turn and resolves with its answer; undefined: the text is a prompt. Errors: those of `runSlash`. */
export async function answerSlash(session: Pick<SessionHandle, 'runSlash'>, text: string): Promise<string | undefined> {
  if (!text.startsWith('/')) return undefined;
  const outcome = await session.runSlash(text);
  if (outcome.kind === 'prompt') return undefined;
  if (outcome.kind === 'said') return outcome.text;
  return outcome.text ?? `/${outcome.name} opens a view of Gantry's own window, which this program does not have.`;
}

/** Summarizing takes as long as an answer of the model, so it is announced. */
export function isCompression(text: string): boolean {
  return /^\/(?:compress|summarize)(?:\s|$)/.test(text);
}

export const COMPRESSION_BEGINS = slashChunk('Summarizing the conversation ...\n\n', { contextCompression: { phase: 'progress' } });

/** `answer`: what the command has answered, as data. */
export function compressionEnd(text: string, answer: CommandAnswer | undefined): SessionUpdate {
  if (answer?.code !== 'compacted') return slashChunk(text, { contextCompression: { phase: 'noop' } });
  return slashChunk(text, {
    contextCompression: { phase: 'done', originalTokenCount: answer.before, newTokenCount: answer.after },
  });
}
