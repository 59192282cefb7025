/** The answers to slash commands as an editor receives them. Pure; the marks are those of Qwen Code 0.24.4. */
import type { SessionUpdate } from '@agentclientprotocol/sdk';
import type { CommandAnswer } from '../../preload/contract/index.ts';

export function slashChunk(text: string, more: Readonly<Record<string, unknown>> = {}): SessionUpdate {
  return { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text }, _meta: { ...more, source: 'slash_command' } };
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
