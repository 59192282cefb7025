/**
 * Maps the events of a session to the messages of `-p`. Pure: no I/O, ids come from the caller.
 * One answer of the model becomes several assistant messages, one per run of thinking, text or tool calls; only the last
 * carries the usage. An answer is complete when its tools start to run, when the next answer begins, or at the turn's end;
 * until then its last run is held open. Messages are emitted once the answer is in the session's file, so that a consumer finds it
 * there after a crash. Only partial messages are emitted while it arrives. Source: docs/formats.md 3.2.
 */
import type { AssistantItem, EventData, HostEvent, ItemId, ToolItem, TurnPhase, Usage } from '../../../preload/contract/index.ts';
import type { AssistantMessage, ContentBlock, MessageUsage, PartialDelta, PartialEvent, RunMessage } from './output-message.ts';
import { toolResultText } from './tool-result-text.ts';

export interface MapperOptions {
  readonly sessionId: string;
  /** The session's model, for answers that do not name theirs. */
  readonly model: string;
  readonly newId: () => string;
  readonly includePartials: boolean;
  /** The call whose subagent wrote this; absent: the session itself. */
  readonly parentToolUseId?: string;
  /** The text that the model reads as the result of this call; asked once. */
  readonly takeResult?: (callId: ItemId) => string | undefined;
}

export interface MessageMapper {
  /** The messages that this event completes, in their order. Events of other sessions complete none. */
  push(event: HostEvent): readonly RunMessage[];
  /** The text of the last assistant message: the result of the run. */
  lastText(): string;
}

/** A run of one kind that is still open. */
interface OpenRun {
  readonly kind: 'thinking' | 'text' | 'tool_use';
  blocks: ContentBlock[];
}

interface Answer {
  model: string;
  readonly id: string;
  itemId: ItemId | undefined;
  run: OpenRun | undefined;
  /** How much of each part was consumed, to trim deltas and to find text that came without one. */
  readonly seen: { text: string; thinking: string };
  /** Calls whose result is known before the answer is complete. */
  readonly early: ToolItem[];
  /** True when the answer is in the file: its row is final, or its calls are shown. */
  isRecorded: boolean;
  /** Messages to emit once it is recorded. */
  held: AssistantMessage[];
}

const TOOL_PHASES: readonly TurnPhase[] = ['running_tools', 'awaiting_approval'];

const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, thinkingTokens: 0 };

export function createMessageMapper(options: MapperOptions): MessageMapper {
  const parent = options.parentToolUseId ?? null;
  let out: RunMessage[] = [];
  let answer: Answer | undefined;
  let spent = NO_USAGE;
  let reported = NO_USAGE;
  let lastText = '';
  const finished = new Set<ItemId>();

  function openAnswer(model?: string): Answer {
    if (answer === undefined) {
      answer = {
        model: model ?? options.model,
        id: options.newId(),
        itemId: undefined,
        run: undefined,
        seen: { text: '', thinking: '' },
        early: [],
        isRecorded: false,
        held: [],
      };
      partial({ type: 'message_start', message: { id: answer.id, role: 'assistant', model: answer.model, content: [] } });
    }
    return answer;
  }

  function partial(event: PartialEvent): void {
    if (!options.includePartials) return;
    out.push({ type: 'stream_event', uuid: options.newId(), session_id: options.sessionId, parent_tool_use_id: parent, event });
  }

  /** Ends the open run as one assistant message. */
  function closeRun(current: Answer, usage: MessageUsage): void {
    const { run } = current;
    if (run === undefined) return;
    current.run = undefined;
    if (run.kind !== 'tool_use') partial({ type: 'content_block_stop', index: 0 });
    const message = toAssistantMessage(run.blocks, {
      id: options.newId(),
      sessionId: options.sessionId,
      parent,
      model: current.model,
      usage,
    });
    if (current.isRecorded || options.includePartials) emit(message);
    else current.held.push(message);
  }

  function emit(message: AssistantMessage): void {
    out.push(message);
    const texts = message.message.content.flatMap((block) => (block.type === 'text' ? [block.text] : []));
    if (texts.length > 0) lastText = texts.join('');
  }

  function recorded(current: Answer): void {
    current.isRecorded = true;
    for (const message of current.held.splice(0)) emit(message);
  }

  function addText(current: Answer, kind: 'thinking' | 'text', text: string): void {
    if (text === '') return;
    if (current.run?.kind !== kind) {
      closeRun(current, { input_tokens: 0, output_tokens: 0 });
      current.run = { kind, blocks: [] };
      partial({ type: 'content_block_start', index: 0, content_block: textBlock(kind, '') });
    }
    const held = current.run.blocks[0];
    current.run.blocks = [textBlock(kind, textOf(held) + text)];
    current.seen[kind] += text;
    partialDelta(0, kind === 'text' ? { type: 'text_delta', text } : { type: 'thinking_delta', thinking: text });
  }

  function addToolUse(current: Answer, item: ToolItem): void {
    recorded(current); // calls are shown once they are written
    if (current.run?.kind !== 'tool_use') {
      closeRun(current, { input_tokens: 0, output_tokens: 0 });
      current.run = { kind: 'tool_use', blocks: [] };
    }
    const index = current.run.blocks.length;
    const input = item.input ?? {};
    current.run.blocks.push({ type: 'tool_use', id: item.id, name: item.name, input });
    partial({ type: 'content_block_start', index, content_block: { type: 'tool_use', id: item.id, name: item.name, input: {} } });
    partialDelta(index, { type: 'input_json_delta', partial_json: JSON.stringify(input) });
    partial({ type: 'content_block_stop', index });
  }

  function partialDelta(index: number, delta: PartialDelta): void {
    partial({ type: 'content_block_delta', index, delta });
  }

  function completeAnswer(): void {
    const current = answer;
    if (current === undefined) return;
    recorded(current);
    closeRun(current, toMessageUsage(minus(spent, reported)));
    reported = spent;
    partial({ type: 'message_stop' });
    answer = undefined;
    for (const item of current.early) addResult(item);
  }

  function addResult(item: ToolItem): void {
    if (finished.has(item.id)) return;
    finished.add(item.id);
    out.push({
      type: 'user',
      uuid: options.newId(),
      session_id: options.sessionId,
      parent_tool_use_id: parent,
      message: {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: item.id,
            is_error: item.status !== 'success',
            content: toolResultText(item, options.takeResult?.(item.id)),
          },
        ],
      },
    });
  }

  function onAssistant(item: AssistantItem): void {
    if (answer?.itemId !== undefined && answer.itemId !== item.id) completeAnswer();
    const current = openAnswer(item.model);
    current.itemId = item.id;
    // Adds text that the deltas did not contain: a provider may answer in one piece.
    addText(current, 'thinking', remainder(item.thinking, current.seen.thinking));
    addText(current, 'text', remainder(item.text, current.seen.text));
    if (!item.streaming) recorded(current);
  }

  function onDelta({ itemId, part, offsetChars, text }: EventData<'message.delta'>): void {
    if (answer === undefined || answer.itemId !== itemId) return;
    const seen = answer.seen[part].length;
    if (offsetChars <= seen) addText(answer, part, text.slice(seen - offsetChars)); // after a gap the final item supplies the whole
  }

  function onTool(item: ToolItem, isNew: boolean): void {
    if (isNew) addToolUse(openAnswer(), item);
    if (!isFinal(item)) return;
    if (answer === undefined) return addResult(item);
    const isOwn = answer.run?.blocks.some((block) => block.type === 'tool_use' && block.id === item.id) ?? false;
    if (isOwn) answer.early.push(item);
    else addResult(item);
  }

  function onEvent(event: HostEvent): void {
    switch (event.event) {
      case 'item.added':
      case 'item.changed': {
        const { item } = event.data;
        if (item.kind === 'tool') onTool(item, event.event === 'item.added');
        else if (item.kind === 'assistant' && (event.event === 'item.added' || answer?.itemId === item.id)) onAssistant(item);
        return;
      }
      case 'item.removed':
        if (answer !== undefined && answer.itemId === event.data.itemId) dropAnswer(answer);
        return;
      case 'message.delta':
        return onDelta(event.data);
      case 'turn.started':
        reported = NO_USAGE;
        spent = NO_USAGE;
        return;
      case 'turn.changed':
        spent = event.data.turn.usage ?? spent;
        if (TOOL_PHASES.includes(event.data.turn.phase)) completeAnswer();
        return;
      case 'turn.ended':
        spent = event.data.result.usage;
        // It failed while it was held: it could not be written and will be missing when the session is resumed.
        if (event.data.result.end === 'failed' && answer?.isRecorded === false && answer.itemId !== undefined) dropAnswer(answer);
        return completeAnswer();
      default:
        return;
    }
  }

  /** Its stream is retried: held messages are dropped, and printed partial messages end without a whole one. */
  function dropAnswer(current: Answer): void {
    if (current.run !== undefined && current.run.kind !== 'tool_use') partial({ type: 'content_block_stop', index: 0 });
    partial({ type: 'message_stop' });
    answer = undefined;
  }

  return {
    push(event) {
      out = [];
      if ('sessionId' in event.data && event.data.sessionId === options.sessionId) onEvent(event);
      return out;
    },
    lastText: () => lastText,
  };
}

function toAssistantMessage(
  content: readonly ContentBlock[],
  { id, sessionId, parent, model, usage }: { id: string; sessionId: string; parent: string | null; model: string; usage: MessageUsage },
): AssistantMessage {
  const hasToolUse = content.some((block) => block.type === 'tool_use');
  return {
    type: 'assistant',
    uuid: id,
    session_id: sessionId,
    parent_tool_use_id: parent,
    message: { id, type: 'message', role: 'assistant', model, content, stop_reason: hasToolUse ? 'tool_use' : null, usage },
  };
}

function textBlock(kind: 'thinking' | 'text', text: string): ContentBlock {
  return kind === 'text' ? { type: 'text', text } : { type: 'thinking', thinking: text, signature: '' };
}

function textOf(block: ContentBlock | undefined): string {
  if (block?.type === 'text') return block.text;
  return block?.type === 'thinking' ? block.thinking : '';
}

/** The new part of `whole`. Empty if it does not continue the emitted text, which cannot be emitted again. */
function remainder(whole: string, seen: string): string {
  return whole.startsWith(seen) ? whole.slice(seen.length) : '';
}

function isFinal(item: ToolItem): boolean {
  return item.status !== 'pending' && item.status !== 'awaiting_approval' && item.status !== 'running';
}

export function toMessageUsage(usage: Usage): MessageUsage {
  return {
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cache_read_input_tokens: usage.cachedTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
}

function minus(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens - b.inputTokens,
    outputTokens: a.outputTokens - b.outputTokens,
    cachedTokens: a.cachedTokens - b.cachedTokens,
    thinkingTokens: a.thinkingTokens - b.thinkingTokens,
  };
}
