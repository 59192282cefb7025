/** What stands at the beginning of a turn: what must be written, what the model reads, what the user sees. */
import { randomUUID } from 'node:crypto';
import { ItemId, type QueuedPrompt, type ToolItem, type TranscriptItem, USER_COMMAND_NAME } from '../../../preload/contract/index.ts';
import type { LeftOut } from '../memory/index.ts';
import { reportableError } from '../lib/file-errors.ts';
import type { PromptContent } from '../mention/index.ts';
import type { ModelMessage } from '../provider/provider.ts';
import type { EndedTask, MonitorNotice } from '../task/task-api.ts';
import {
  atCommandDraft,
  type InterruptedCall,
  NOT_RUN_RESULT,
  noticeDraft,
  noticeText,
  notificationDraft,
  notificationText,
  notRunDraft,
  PROMPT_HEAD_SUBTYPE,
  type RecordDraft,
  toolResultDraft,
  unreadNotice,
  userDraft,
  userItem,
  userMessage,
} from '../transcript/index.ts';
import { interruptedText } from '../session-file/index.ts';

export interface OpeningFacts {
  readonly prompt?: QueuedPrompt;
  /** Of its record and its row; absent: any. */
  readonly promptId?: ItemId | undefined;
  /** What the model reads in its place. */
  readonly expanded?: string;
  /** What goes with it. */
  readonly content?: PromptContent;
  /** What the app has to say with the prompt. */
  readonly reminder?: string;
  /** Background tasks the model has not been told of; they go before the prompt. */
  readonly ended: readonly EndedTask[];
  /** What monitored commands have printed since it was told last. */
  readonly monitored?: readonly MonitorNotice[];
  /** Calls of an interrupted turn that the file has no result for: they get one, so that any reader finds it valid. */
  readonly unanswered: readonly ToolItem[];
  /** Those of them that were asked about and not run. */
  readonly notRun?: readonly InterruptedCall[];
  readonly nowMs: number;
}

export interface TurnOpening {
  readonly drafts: readonly RecordDraft[];
  readonly messages: readonly ModelMessage[];
  readonly items: readonly TranscriptItem[];
}

export function openTurn(facts: OpeningFacts): TurnOpening {
  const { prompt, expanded, content, reminder, ended, monitored = [], unanswered, notRun = [], nowMs } = facts;
  const drafts = interruptedDrafts(unanswered, notRun);
  const messages: ModelMessage[] = [];
  const items: TranscriptItem[] = [];
  const [first] = [...ended, ...monitored];
  if (first !== undefined) {
    const id = newId();
    const text = notificationText(ended, monitored);
    const displayText = noticeText(ended, monitored);
    drafts.push(notificationDraft(id, text, { displayText, taskId: first.task.id }));
    messages.push({ role: 'user', text });
    items.push({ kind: 'notice', id, createdAtMs: nowMs, level: 'quiet', text: displayText, taskId: first.task.id, action: 'open_task' });
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

/** Lists read the beginning of a file: what is too long for them is announced by a short record. Unit: UTF-16 code units. */
const LONG_PROMPT_CHARS = 256 * 1024;

function headDrafts(draft: RecordDraft, displayText: string): RecordDraft[] {
  if (JSON.stringify(draft).length < LONG_PROMPT_CHARS) return [];
  return [{ type: 'system', subtype: PROMPT_HEAD_SUBTYPE, systemPayload: { displayText: displayText.slice(0, 1000) } }];
}

/** The results of calls that an interrupted turn has left without one. A command of the user's was no call of the model's. */
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

/** The row for a turn that could not even start and that nobody awaits; none for a session that is closing. */
export function problemNotice(error: unknown, nowMs: number): Extract<TranscriptItem, { kind: 'notice' }> | undefined {
  const coded = reportableError(error);
  if (coded?.code === 'closed') return undefined;
  const text = coded?.message ?? `The turn could not start: ${String(error)}`;
  return { kind: 'notice', id: newId(), createdAtMs: nowMs, level: 'error', text, code: coded?.code ?? 'internal' };
}

/** The row for memory files and imports that are not part of what the model reads. */
export function leftOutNotice(leftOut: readonly LeftOut[], nowMs: number): TranscriptItem {
  const text =
    leftOut.length === 1 ? 'One import or memory file was not read.' : `${leftOut.length} imports or memory files were not read.`;
  const detail = leftOut.map(({ path, reason }) => `- ${path}: ${reason}`).join('\n');
  return { kind: 'notice', id: newId(), createdAtMs: nowMs, level: 'warning', text, detail };
}
