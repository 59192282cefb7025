import { Terminal } from 'lucide-react';
import { useState } from 'react';
import { spellHidden, type ToolItem, USER_COMMAND_NAME } from '../../../../preload/contract/index.ts';
import { Chip, Collapsible, CopyButton, formatDuration } from '../../../ui/index.ts';
import { CommandMarks, ExactText } from '../../exact-text/index.ts';
import { commandRemark } from '../task-failure.ts';
import { toolVerb } from '../tool-verb.ts';
import { t } from '../../../i18n.ts';
import { shellResult } from './shell-card-state.ts';

/** An ended command: one row; open with its output if it failed or the user ran it, otherwise collapsed. */
export function EndedShellRow({ item, command }: { readonly item: ToolItem; readonly command: string }) {
  const result = shellResult(item);
  const [chosen, setChosen] = useState<boolean>();
  // A user who typed the command wants to read its output.
  const open = chosen ?? (result?.failed === true || item.name === USER_COMMAND_NAME);
  return (
    <Collapsible
      open={open}
      onToggle={() => setChosen(!open)}
      icon={<Terminal size={15} strokeWidth={1.6} className={result?.tone === 'err' ? 'text-err' : ''} aria-hidden />}
      summary={
        <>
          <span className="shrink-0">{toolVerb(item)}</span>
          <code
            className="min-w-0 flex-1 truncate font-mono [font-variant-ligatures:none] text-code text-text-1"
            title={spellHidden(command)}
          >
            <ExactText text={command} />
          </code>
          <CommandMarks marks={item.display.kind === 'shell' ? item.display.marks : undefined} />
          {result !== undefined && <Chip tone={result.tone}>{result.label}</Chip>}
          {item.endedAtMs !== undefined && (
            <span className="shrink-0 text-meta text-text-3">{formatDuration(item.endedAtMs - item.startedAtMs, true)}</span>
          )}
        </>
      }
    >
      <Output item={item} command={command} />
    </Collapsible>
  );
}

function Output({ item, command }: { readonly item: ToolItem; readonly command: string }) {
  const shell = item.display.kind === 'shell' ? item.display : undefined;
  const output = shell?.output ?? (item.display.kind === 'text' ? item.display.text : '');
  const remark = commandRemark(item);
  return (
    <div className="relative mt-1 mb-2 overflow-hidden rounded-lg border border-border bg-term">
      {/* Focusable, so that the keyboard can scroll it. */}
      <pre
        tabIndex={0}
        aria-label={t('task.card.outputOf', { command })}
        className="max-h-60 overflow-auto px-3 py-2.5 pr-10 font-mono [font-variant-ligatures:none] text-code whitespace-pre-wrap text-term-ink"
      >
        {output === '' ? <span className="text-text-3">{t('task.card.noOutput')}</span> : output}
      </pre>
      {output !== '' && <CopyButton text={output} className="absolute top-1.5 right-2" />}
      {remark !== undefined && <p className="border-t border-border bg-panel px-3 py-1.5 text-meta text-text-2">{remark}</p>}
    </div>
  );
}
