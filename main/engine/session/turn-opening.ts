/** The opening of a turn: the records to write, the messages for the model, the rows for the user. */
import { randomUUID } from 'node:crypto';
import { ItemId, type QueuedPrompt, type ToolItem, type TranscriptItem, USER_COMMAND_NAME } from '../../../preload/contract/index.ts';
import type { LeftOut } from '../memory/index.ts';
import { reportableError } from '../lib/file-errors.ts';
import type { PromptContent } from '../mention/index.ts';
import type { ModelMessage } from '../provider/provider.ts';
import type { EndedTask, MonitorNotice } from '../task/task-api.ts';
import {
  atCommandDraft,
  describeNotice,
  type InterruptedCall,
  NOT_RUN_RESULT,
  noticeDraft,
  notificationDraft,
  notificationText,
  notRunDraft,
  PROMPT_HEAD_SUBTYPE,
  type RecordDraft,
  taskReports,
  toolResultDraft,
  unreadNotice,
  userDraft,
  userItem,
  userMessage,
} from '../transcript/index.ts';
import { interruptedText } from '../session-file/index.ts';

export interface OpeningFacts {
  readonly prompt?: QueuedPrompt;
  /** The id of its record and row; absent: a new one. */
  readonly promptId?: ItemId | undefined;
  /** What the model reads instead of the prompt. */
  readonly expanded?: string;
  /** Attached files and media. */
  readonly content?: PromptContent;
  /** A reminder from the app that goes with the prompt. */
  readonly reminder?: string;
  /** Ended background tasks that were not reported yet; they go before the prompt. */
  readonly ended: readonly EndedTask[];
  /** Lines that monitored commands have printed since the last report. */
  readonly monitored?: readonly MonitorNotice[];
  /** Calls of an interrupted turn without a result in the file. They get one, so that the history is valid for every reader. */
  readonly unanswered: readonly ToolItem[];
  /** Those of them that waited for an approval and did not run. */
  readonly notRun?: readonly InterruptedCall[];
  readonly nowMs: number;
}

export interface TurnOpening {
  readonly drafts: readonly RecordDraft[];
  readonly messages: readonly ModelMessage[];
  readonly items: readonly TranscriptItem[];
}

export function buildTurnOpening(facts: OpeningFacts): TurnOpening {
  const { prompt, expanded, content, reminder, ended, monitored = [], unanswered, notRun = [], nowMs } = facts;
  const drafts = interruptedDrafts(unanswered, notRun);
  const messages: ModelMessage[] = [];
  const items: TranscriptItem[] = [];
  const [first] = [...ended, ...monitored];
  if (first !== undefined) {
    const id = newId();
    const text = notificationText(ended, monitored);
    const content = { code: 'tasks_reported', reports: taskReports(ended, monitored) } as const;
    const shown = { text: describeNotice(content), content, taskId: first.task.id };
    drafts.push(notificationDraft(id, text, shown));
    messages.push({ role: 'user', text });
    items.push({ kind: 'notice', id, createdAtMs: nowMs, level: 'quiet', ...shown, action: 'open_task' });
  }
  if (prompt !== undefined) {
    const id = facts.promptId ?? newId();
    const text = expanded ?? prompt.text;
    const { attached: files = '', media = [], unread = [] } = content ?? {};
    const attached = [files, reminder ?? ''].filter((part) => part !== '').join('\n\n');
    const isChanged = expanded !== undefined || attached !== '';
    const extras = { attached, media, ...(isChanged ? { displayText: prompt.text } : {}) };
    const draft = userDraft(id, text, extras);
    drafts.push(...headDrafts(draft, prompt.text), ...(files === '' ? [] : [atCommandDraft(prompt.text)]), draft);
    messages.push(userMessage(text, extras));
    items.push(userItem(id, prompt, media, nowMs));
    const notice = unreadNotice({ unread }, newId(), nowMs);
    if (notice !== undefined) {
      drafts.push(noticeDraft(notice));
      items.push(notice);
    }
  }
  return { drafts, messages, items };
}

/** Session lists read only the beginning of a file, so a short record precedes a prompt that is too long for them. Unit: UTF-16 code units. */
const LONG_PROMPT_CHARS = 256 * 1024;

function headDrafts(draft: RecordDraft, displayText: string): RecordDraft[] {
  if (JSON.stringify(draft).length < LONG_PROMPT_CHARS) return [];
  return [{ type: 'system', subtype: PROMPT_HEAD_SUBTYPE, systemPayload: { displayText: displayText.slice(0, 1000) } }];
}

/** Results for the open calls of an interrupted turn. The user's own commands are not calls of the model, so they get none. */
export function interruptedDrafts(unanswered: readonly ToolItem[], notRun: readonly InterruptedCall[] = []): RecordDraft[] {
  return unanswered
    .filter((item) => item.name !== USER_COMMAND_NAME)
    .map((item) => {
      const result = { callId: item.id, name: item.name, isError: true };
      return notRun.some((each) => each.item.id === item.id)
        ? notRunDraft({ ...result, text: NOT_RUN_RESULT }, item)
        : toolResultDraft({ ...result, text: interruptedText(item) }, item, 'Interrupted');
    });
}

function newId(): ItemId {
  return ItemId.parse(randomUUID());
}

/** The row for a turn that could not start and that no caller awaits; none for a session that is closing. */
export function problemNotice(error: unknown, nowMs: number): Extract<TranscriptItem, { kind: 'notice' }> | undefined {
  const coded = reportableError(error);
  if (coded?.code === 'closed') return undefined;
  const common = { kind: 'notice', id: newId(), createdAtMs: nowMs, level: 'error' } as const;
  if (coded !== undefined) return { ...common, text: coded.message, code: coded.code };
  const content = { code: 'turn_not_started', reason: String(error) } as const;
  return { ...common, text: describeNotice(content), content, code: 'internal' };
}

/** The row for memory files and imports that the model does not read. */
export function leftOutNotice(leftOut: readonly LeftOut[], nowMs: number): TranscriptItem {
  const text =
    leftOut.length === 1 ? 'One import or memory file was not read.' : `${leftOut.length} imports or memory files were not read.`;
  const detail = leftOut.map(({ path, reason }) => `- ${path}: ${reason}`).join('\n');
  return {
    kind: 'notice',
    id: newId(),
    createdAtMs: nowMs,
    level: 'warning',
    text,
    content: { code: 'memory_left_out', count: leftOut.length },
    detail,
  };
}
