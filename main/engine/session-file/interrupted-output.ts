/**
 * The output of commands that ran in the foreground when the app ended. Their output files are named after the
 * calls (task-id.ts), so the calls without a result in the session file lead to them.
 */
import { type ToolItem, type TranscriptItem, USER_COMMAND_NAME } from '../../../preload/contract/index.ts';
import type { ModelMessage } from '../provider/provider.ts';
import { type InterruptedOutput, readInterruptedOutput } from '../task/index.ts';
import { outputForDisplay } from '../tool/index.ts';
import { INTERRUPTED_RESULT } from '../transcript/index.ts';
import type { LoadedSession } from './load-session.ts';

export const INTERRUPTED_SUMMARY = 'Gantry ended while the command ran';

/** Adds the output to the rows and to the messages for the model. Never rejects. */
export async function withInterruptedOutput(
  loaded: LoadedSession,
  place: { readonly sessionId: string; readonly folder: string; readonly cwd: string },
): Promise<LoadedSession> {
  const commands = loaded.unanswered.filter(({ name }) => name === 'run_shell_command' || name === USER_COMMAND_NAME);
  const found = await Promise.all(
    commands.map(async (item) => {
      const output = await readInterruptedOutput(place.folder, { sessionId: place.sessionId, callId: item.id, sinceMs: item.startedAtMs });
      return output === undefined ? [] : [interruptedItem(item, output, place.cwd)];
    }),
  );
  const ended = new Map<string, ToolItem>(found.flat().map((item) => [item.id, item]));
  if (ended.size === 0) return loaded;
  const latest = <T extends TranscriptItem>(item: T): T | ToolItem => ended.get(item.id) ?? item;
  return {
    ...loaded,
    items: loaded.items.map(latest),
    unanswered: loaded.unanswered.map(latest),
    messages: loaded.messages.map((message) => withOutputs(message, ended)),
  };
}

function interruptedItem(item: ToolItem, { taskId, text, endedAtMs }: InterruptedOutput, cwd: string): ToolItem {
  const display = {
    kind: 'shell',
    command: item.target,
    cwd,
    taskId,
    outcome: 'interrupted',
    output: outputForDisplay(text),
    summary: INTERRUPTED_SUMMARY,
    end: { code: 'interrupted' },
  } as const;
  return { ...item, display, error: `${INTERRUPTED_SUMMARY}.`, endedAtMs: Math.max(item.startedAtMs, endedAtMs) };
}

/** What the model reads for a call that ended with the app. */
export function interruptedText({ display }: ToolItem): string {
  if (display.kind !== 'shell' || display.output === undefined) return INTERRUPTED_RESULT;
  return `${INTERRUPTED_SUMMARY}, so it was stopped before it finished. Its effects until then remain; check before you repeat it.\nOutput until then:\n${display.output}`;
}

function withOutputs(message: ModelMessage, ended: ReadonlyMap<string, ToolItem>): ModelMessage {
  if (message.role !== 'tool') return message;
  const results = message.results.map((result) => {
    const item = ended.get(result.callId);
    return item === undefined || result.text !== INTERRUPTED_RESULT ? result : { ...result, text: interruptedText(item) };
  });
  return { ...message, results };
}
