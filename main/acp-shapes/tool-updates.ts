/** Rows of tool calls as the updates of an editor. Pure; the shapes are those of Qwen Code 0.24.4. */
import { resolve } from 'node:path';
import type { PlanEntry, ToolCallContent, ToolCallLocation, ToolCallStatus, ToolKind as EditorKind } from '@agentclientprotocol/sdk';
import { spellHidden, type ToolDisplay, type ToolItem, type ToolKind } from '../../preload/contract/index.ts';

const KINDS: { readonly [Kind in ToolKind]: EditorKind } = {
  read: 'read',
  search: 'search',
  edit: 'edit',
  shell: 'execute',
  task: 'other',
  plan: 'think',
  other: 'other',
};
const KINDS_BY_NAME: Readonly<Record<string, EditorKind>> = {
  enter_plan_mode: 'switch_mode',
  exit_plan_mode: 'switch_mode',
  web_fetch: 'fetch',
  save_memory: 'think',
};

/** Its calls are shown as the editor's plan alone. */
export const TODO_TOOL = 'todo_write';

export function toEditorKind(name: string, kind: ToolKind): EditorKind {
  return Object.hasOwn(KINDS_BY_NAME, name) ? (KINDS_BY_NAME[name] ?? KINDS[kind]) : KINDS[kind];
}

export function toTitle({ verb, target, display }: Pick<ToolItem, 'verb' | 'target' | 'display'>): string {
  if (display.kind === 'shell') return spellHidden(display.command);
  if (verb === 'run' && target !== '') return spellHidden(target);
  const words = verb.replaceAll('_', ' ');
  return spellHidden(`${words.charAt(0).toUpperCase()}${words.slice(1)} ${target}`.trim());
}

export function toStatus(item: ToolItem): ToolCallStatus {
  switch (item.status) {
    case 'pending':
    case 'awaiting_approval':
      return 'pending';
    case 'running':
      return 'in_progress';
    case 'success':
      return 'completed';
    case 'error':
    case 'denied':
    case 'cancelled':
      return 'failed';
    default:
      return item.status satisfies never;
  }
}

/** Where the name says that a tool comes from: an MCP server, a subagent, or Gantry. */
export function toToolMeta({ name, parentId }: Pick<ToolItem, 'name' | 'parentId'>): Record<string, unknown> {
  if (parentId !== undefined) return { toolName: name, provenance: 'subagent', parentToolCallId: parentId };
  const serverId = /^mcp__(.+?)__./.exec(name)?.[1];
  return serverId === undefined ? { toolName: name, provenance: 'builtin' } : { toolName: name, provenance: 'mcp', serverId };
}

const PATH_FIELDS = ['file_path', 'notebook_path', 'path', 'absolute_path'] as const;

/** The files that a call names, so that an editor can follow the agent. */
export function toLocations(input: ToolItem['input'], root: string): ToolCallLocation[] {
  const path = PATH_FIELDS.map((field) => input?.[field]).find((value) => typeof value === 'string' && value !== '');
  if (typeof path !== 'string') return [];
  const offset = input?.['offset'];
  return [{ path: resolve(root, path), line: typeof offset === 'number' && offset > 0 ? offset + 1 : null }];
}

export function textContent(text: string): ToolCallContent {
  return { type: 'content', content: { type: 'text', text } };
}

/** What a row still knows of the arguments, which are only sent with a new call. */
export function toKnownInput({ name, target, display }: ToolItem, root: string): NonNullable<ToolItem['input']> {
  if (display.kind === 'shell') return { command: display.command };
  if (FILE_TOOLS.includes(name) && target !== '') return { file_path: resolve(root, target) };
  return {};
}

const FILE_TOOLS: readonly string[] = ['read_file', 'write_file', 'edit'];

/** What to show below the call, without diffs, which need the file. `result`: what the model reads. */
export function toContent(item: ToolItem, result?: string): ToolCallContent[] {
  if (item.error !== undefined && item.status !== 'success') {
    const output = item.display.kind === 'shell' ? (item.display.output ?? '') : '';
    return [...(output === '' ? [] : [textContent(output)]), textContent(item.error)];
  }
  const text = displayText(item.display) ?? result ?? item.summary;
  return text === undefined || text === '' ? [] : [textContent(text)];
}

function displayText(display: ToolDisplay): string | undefined {
  switch (display.kind) {
    case 'text':
      return display.text || undefined;
    case 'shell':
      return (
        [display.output ?? '', display.outcome === 'completed' ? '' : (display.summary ?? '')].filter((part) => part !== '').join('\n') ||
        undefined
      );
    case 'question':
      return display.plan;
    case 'none':
    case 'diff':
    case 'todos':
      return undefined;
    default:
      return display satisfies never;
  }
}

/** The shapes that clients of Qwen Code know. */
export function toRawOutput(item: ToolItem, result?: string): unknown {
  const { display, error, summary } = item;
  if (display.kind === 'shell') {
    const text = display.output ?? '';
    return {
      ...{ type: 'shell_result', version: 1, text: text || (display.summary ?? ''), output: text, directory: display.cwd },
      ...{ exitCode: display.exitCode ?? null, signal: display.signal ?? null, pid: null, error: error ?? null },
      ...{ outcome: display.outcome, notices: [], truncated: false, outputFiles: [] },
    };
  }
  if (display.kind === 'diff') return { fileName: display.path, fileDiff: display.patch };
  if (display.kind === 'question') {
    const message = summary ?? '';
    if (display.plan !== undefined) return { type: 'plan_summary', message, plan: display.plan };
    const answers = display.questions.map(({ question }, at) => ({ question, answer: answerText(display, at) }));
    return { type: 'ask_user_question_answers', text: result ?? message, answers };
  }
  return error ?? displayText(display) ?? result ?? summary;
}

function answerText({ questions, answers }: Extract<ToolDisplay, { kind: 'question' }>, at: number): string {
  const { chosen = [], text = '' } = answers?.[at] ?? {};
  const labels = chosen.flatMap((place) => questions[at]?.options[place]?.label ?? []);
  return [...labels, ...(text === '' ? [] : [text])].join(', ');
}

export function toPlanEntries(todos: Extract<ToolDisplay, { kind: 'todos' }>['todos']): PlanEntry[] {
  return todos.map(({ id, content, status }) => ({ content, status, priority: 'medium', _meta: { qwenTodo: { id } } }));
}
