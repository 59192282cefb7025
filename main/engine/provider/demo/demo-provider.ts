import { randomBytes } from 'node:crypto';
import type { Clock } from '../../ports.ts';
import type { ModelProvider, StreamEvent } from '../provider.ts';
import { demoAnswer } from './demo-script.ts';

/** The delay between two pieces of text, so that the demo looks and is tested like a stream. Unit: ms. */
const PIECE_DELAY_MS = 12;
/** A rough estimate, enough for a meter. */
const CHARS_PER_TOKEN = 4;

/**
 * The scripted offline model: no network, no key, always the same answers. Used only if it was chosen.
 * See `ModelProvider`; with `pieceDelayMs` 0 it streams without waiting.
 */
export function createDemoProvider(deps: { readonly clock: Clock; readonly root: string; readonly pieceDelayMs?: number }): ModelProvider {
  const delayMs = deps.pieceDelayMs ?? PIECE_DELAY_MS;
  return {
    async *stream(request, signal) {
      const answer = demoAnswer(request, deps.root);
      for (const [type, whole] of [
        ['thinking', answer.thinking],
        ['text', answer.text],
      ] as const) {
        for (const text of whole.match(/\S+\s*|\s+/g) ?? []) {
          if (delayMs > 0) await pause(deps.clock, delayMs, signal);
          if (signal.aborted) {
            yield { type: 'error', error: { code: 'cancelled', message: 'The request was cancelled.' } };
            return;
          }
          yield { type, text };
        }
      }
      if (answer.call !== undefined) yield { type: 'tool_call', call: { id: `demo_${randomBytes(6).toString('hex')}`, ...answer.call } };
      yield usageEvent(JSON.stringify(request.messages).length + request.system.length, JSON.stringify(answer).length);
      yield { type: 'done', reason: answer.call === undefined ? 'stop' : 'tool_calls' };
    },
  };
}

function usageEvent(inputChars: number, outputChars: number): StreamEvent {
  return {
    type: 'usage',
    usage: {
      inputTokens: Math.ceil(inputChars / CHARS_PER_TOKEN),
      outputTokens: Math.ceil(outputChars / CHARS_PER_TOKEN),
      cachedTokens: 0,
      thinkingTokens: 0,
    },
  };
}

/** Ends early when cancelled. */
function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const stop = () => {
      cancel();
      resolve();
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    signal.addEventListener('abort', stop, { once: true });
  });
}
