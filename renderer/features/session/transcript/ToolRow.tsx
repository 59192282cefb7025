import { type ReactNode, useState } from 'react';
import { spellHidden, type ToolItem, type ToolStatus } from '../../../../preload/contract/index.ts';
import { t } from '../../../i18n.ts';
import { Chip, Collapsible, formatDuration, type Tone, useNow } from '../../../ui/index.ts';
import { ExactText } from '../../exact-text/index.ts';
import { toolProblem, toolVerb } from '../../task/index.ts';
import { DiffView } from './DiffView.tsx';
import { QuestionRecord } from './QuestionRecord.tsx';
import { TodoList } from './TodoList.tsx';
import { ToolIcon } from './tool-icon.tsx';

/** Shorter durations are not shown. Unit: ms. */
const SHORTEST_SHOWN_MS = 1000;

const STATUS_TONE: Partial<Record<ToolStatus, Tone>> = { awaiting_approval: 'warn', error: 'err', denied: 'plain', cancelled: 'plain' };

export interface ToolRowProps {
  readonly item: ToolItem;
  /** Shown before the time. */
  readonly note?: string;
  /** Shown below the details of the call. */
  readonly children?: ReactNode;
}

/** One tool call: a row of 32 px, open while it shows text output or after a failure, collapsed after success. */
export function ToolRow({ item, note, children }: ToolRowProps) {
  const opensItself = item.status === 'error' || (item.status === 'running' && item.display.kind === 'text');
  const [chosen, setChosen] = useState<boolean>();
  const open = chosen ?? opensItself;
  const problem = toolProblem(item);
  const hasMore = item.display.kind !== 'none' || problem !== undefined || children !== undefined;
  const icon = <ToolIcon kind={item.toolKind} className={item.status === 'running' ? 'text-run' : ''} />;
  const summary = <Summary item={item} note={note} />;
  if (!hasMore) {
    return (
      <div className="flex h-8 items-center gap-2.5 rounded-md px-2.5 text-row text-text-2">
        {icon}
        {summary}
      </div>
    );
  }
  return (
    <Collapsible open={open} onToggle={() => setChosen(!open)} icon={icon} summary={summary}>
      <div className="flex flex-col gap-2 py-1 pr-2.5 pl-[35px]">
        {problem !== undefined && <p className="text-row break-words whitespace-pre-wrap text-err">{problem}</p>}
        <Details item={item} />
        {children}
      </div>
    </Collapsible>
  );
}

function Summary({ item, note }: Pick<ToolRowProps, 'item'> & { readonly note: string | undefined }) {
  const { display } = item;
  return (
    <>
      <span className="shrink-0">{toolVerb(item)}</span>
      <code className="min-w-0 truncate font-mono text-code text-text-1" title={spellHidden(item.target)}>
        <ExactText text={item.target} />
      </code>
      {display.kind === 'diff' && item.status !== 'denied' && (
        <span className="flex shrink-0 gap-2.5">
          <span className="text-ok">+{display.added}</span>
          <span className="text-err">−{display.removed}</span>
        </span>
      )}
      <span className="ml-auto flex shrink-0 items-center gap-2.5 text-meta text-text-3">
        {STATUS_TONE[item.status] && <Chip tone={STATUS_TONE[item.status] ?? 'plain'}>{t(`tool.status.${item.status}`)}</Chip>}
        {note !== undefined && <span className="max-w-56 truncate">{note}</span>}
        <Elapsed item={item} />
      </span>
    </>
  );
}

function Elapsed({ item }: { readonly item: ToolItem }) {
  const running = item.status === 'running';
  const nowMs = useNow(1000, running);
  const ms = (item.endedAtMs ?? nowMs) - item.startedAtMs;
  const settled = item.status === 'success' || item.status === 'error';
  if ((!running && !settled) || ms < SHORTEST_SHOWN_MS) return null;
  return <span>{formatDuration(ms, !running)}</span>;
}

function Details({ item }: { readonly item: ToolItem }) {
  const { display } = item;
  if (display.kind === 'diff') return <DiffView diff={display} />;
  if (display.kind === 'todos') return <TodoList todos={display.todos} />;
  if (display.kind === 'question') return <QuestionRecord display={display} />;
  const text = display.kind === 'text' ? display.text : display.kind === 'shell' ? (display.output ?? '') : '';
  if (text === '') return null;
  return (
    <pre
      // Scrolls, so it must be reachable by keyboard.
      tabIndex={0}
      className="max-h-60 overflow-auto rounded-md border border-border bg-term px-3 py-2 font-mono text-code whitespace-pre-wrap text-term-ink"
    >
      {text}
    </pre>
  );
}
