/** Exports the rows of a session as Markdown, HTML or JSON. Pure; one row at a time, so that a long session can be streamed. */
import type { ExportFormat, TranscriptItem } from '../../../preload/contract/index.ts';
import type { MessagePart } from './message-text.ts';
import { toRowTitle } from './row-title.ts';

/** The heading above the rows. Times are shown in UTC. */
export interface ExportHead {
  readonly sessionId: string;
  readonly title: string;
  readonly cwd: string;
  readonly createdAtMs: number;
  readonly exportedAtMs: number;
}

/** Builds a text from a beginning, a piece for each row, and an end. */
export interface RowWriter {
  begin(head: ExportHead): string;
  row(item: TranscriptItem): string;
  /** A piece of a message inside a row. */
  piece(part: MessagePart, text: string): string;
  end(): string;
}

export function createRowWriter(format: Exclude<ExportFormat, 'jsonl'>): RowWriter {
  switch (format) {
    case 'markdown':
      return { begin: markdownHead, row: markdownRow, piece: markdownPiece, end: () => '' };
    case 'html':
      return { begin: htmlHead, row: htmlRow, piece: (_part, text) => escaped(text), end: () => '</main>\n</body>\n</html>\n' };
    case 'json':
      return createJsonWriter();
    default:
      return format satisfies never;
  }
}

/** One object: `format`, `version`, the fields of the session, and `items`, the rows as the contract's `TranscriptItem`. */
function createJsonWriter(): RowWriter {
  let count = 0;
  return {
    begin({ sessionId, title, cwd, createdAtMs, exportedAtMs }) {
      const facts = {
        format: 'gantry-session',
        version: 1,
        sessionId,
        title,
        cwd,
        createdAt: new Date(createdAtMs).toISOString(),
        exportedAt: new Date(exportedAtMs).toISOString(),
      };
      return `${JSON.stringify(facts).slice(0, -1)},"items":[`;
    },
    piece: (_part, text) => JSON.stringify(text).slice(1, -1),
    row: (item) => `${((count += 1)) === 1 ? '\n' : ',\n'}${JSON.stringify(item)}`,
    end: () => '\n]}\n',
  };
}

function markdownHead({ sessionId, title, cwd, createdAtMs, exportedAtMs }: ExportHead): string {
  const facts = [`Session ${sessionId}`, `Folder ${cwd}`, `Started ${time(createdAtMs)}`, `Exported ${time(exportedAtMs)}`];
  return `# ${oneLine(title)}\n\n${facts.map((fact) => `- ${oneLine(fact)}\n`).join('')}\n`;
}

function markdownRow(item: TranscriptItem): string {
  switch (item.kind) {
    case 'user':
      return `## You (${time(item.createdAtMs)})\n\n${item.text}\n\n`;
    case 'assistant':
      return `## Assistant (${time(item.createdAtMs)})\n\n${item.thinking === '' ? '' : `${quoted(item.thinking)}\n\n`}${item.text}\n\n`;
    case 'tool':
      return `### ${oneLine(toRowTitle(item))} (${STATUS[item.status]})\n\n${toolParts(item)
        .map(({ label, text }) => `${label}:\n\n${fenced(text)}\n\n`)
        .join('')}`;
    case 'notice':
      return `${quoted(item.text)}\n\n`;
    default:
      return item satisfies never;
  }
}

function markdownPiece(part: MessagePart, text: string): string {
  return part === 'thinking' ? text.replaceAll('\n', '\n> ') : text;
}

/** Uses a fence longer than any in the text, so that the text cannot close it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text.replace(/\n$/, '')}\n${fence}`;
}

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:0;color:#1c1c1e;background:#fff}main{max-width:52rem;margin:0 auto;padding:2rem 1rem}
h1{font-size:1.4rem}header p{color:#666;margin:.1rem 0}section{margin:1.2rem 0}h2{font-size:.8rem;color:#666;margin:0 0 .3rem}
.user{background:#f2f2f5;border-radius:8px;padding:.7rem .9rem}.text,pre{white-space:pre-wrap;overflow-wrap:anywhere}
pre{font:13px/1.45 ui-monospace,monospace;background:#f7f7f9;padding:.6rem;border-radius:6px;margin:.4rem 0}summary{cursor:pointer}.notice{color:#666}
@media(prefers-color-scheme:dark){body{color:#eee;background:#18181b}.user,pre{background:#26262b}h2,header p,.notice{color:#aaa}}`;

/** Self-contained and without scripts: the page's policy forbids them even if a text got through unescaped. */
function htmlHead({ sessionId, title, cwd, createdAtMs, exportedAtMs }: ExportHead): string {
  const facts = [`Session ${sessionId}`, `Folder ${cwd}`, `Started ${time(createdAtMs)}, exported ${time(exportedAtMs)}`];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header><h1>${escaped(title)}</h1>${facts.map((fact) => `<p>${escaped(fact)}</p>`).join('')}</header>
`;
}

function htmlRow(item: TranscriptItem): string {
  switch (item.kind) {
    case 'user':
      return section('user', `You, ${time(item.createdAtMs)}`, textBlock(item.text));
    case 'assistant': {
      const thinking = item.thinking === '' ? '' : details('Thinking', item.thinking);
      return section('assistant', `Assistant, ${time(item.createdAtMs)}`, thinking + textBlock(item.text));
    }
    case 'tool': {
      const parts = toolParts(item).map(({ label, text }) => details(label, text));
      return section('tool', `${toRowTitle(item)} (${STATUS[item.status]})`, parts.join(''));
    }
    case 'notice':
      return `<section class="notice">${textBlock(item.text)}</section>\n`;
    default:
      return item satisfies never;
  }
}

function section(kind: string, heading: string, body: string): string {
  return `<section class="${kind}"><h2>${escaped(heading)}</h2>${body}</section>\n`;
}

function textBlock(text: string): string {
  return text === '' ? '' : `<div class="text">${escaped(text)}</div>`;
}

function details(label: string, text: string): string {
  return `<details><summary>${escaped(label)}</summary><pre>${escaped(text)}</pre></details>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Control characters except tab and line feed are not allowed in HTML text. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char)
    .replace(/[^\P{Cc}\t\n]/gu, '\uFFFD');
}

const STATUS = {
  pending: 'not run',
  awaiting_approval: 'not run',
  running: 'running',
  success: 'done',
  error: 'failed',
  denied: 'denied',
  cancelled: 'cancelled',
} as const;

function toolParts(item: Extract<TranscriptItem, { kind: 'tool' }>): { label: string; text: string }[] {
  const { display, error } = item;
  const parts: { label: string; text: string }[] = [];
  if (display.kind === 'shell') {
    parts.push({ label: 'Command', text: display.command });
    if (display.output !== undefined && display.output !== '') parts.push({ label: 'Output', text: display.output });
  } else if (display.kind === 'diff') parts.push({ label: `Changes to ${display.path}`, text: display.patch });
  else if (display.kind === 'text') parts.push({ label: 'Result', text: display.text });
  else if (display.kind === 'todos')
    parts.push({ label: 'Plan', text: display.todos.map((todo) => `[${TODO_MARK[todo.status]}] ${todo.content}`).join('\n') });
  if (error !== undefined) parts.push({ label: 'Error', text: error });
  return parts;
}

const TODO_MARK = { pending: ' ', in_progress: '-', completed: 'x' } as const;

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
