import { File, Folder, SquareSlash } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { t } from '../text.ts';
import type { Suggestion, Suggestions } from './use-suggestions.ts';

export interface SuggestionListProps {
  readonly id: string;
  readonly suggestions: Suggestions;
  readonly chosen: number;
  readonly onChoose: (suggestion: Suggestion) => void;
}

/** Above the field, which keeps the focus: the arrow keys select, Enter and Tab accept. */
export function SuggestionList({ id, suggestions, chosen, onChoose }: SuggestionListProps) {
  const { kind, rows, known, isWhole } = suggestions;
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView?.({ block: 'nearest' });
  }, [chosen, rows]);
  const nothing = known ? (kind === 'file' ? t('composer.noFile') : t('composer.noCommand')) : t('composer.looking');
  return (
    <div className="absolute bottom-full left-0 z-20 mb-1.5 w-full animate-fade-in overflow-hidden rounded-lg border border-border-strong bg-raised shadow-overlay">
      {rows.length === 0 && (
        <p role="status" className="px-3 py-2 text-row text-text-3">
          {nothing}
        </p>
      )}
      <ul
        ref={list}
        id={id}
        role="listbox"
        aria-label={kind === 'file' ? t('composer.files') : t('composer.commands')}
        className={`max-h-[264px] overflow-y-auto p-1 ${rows.length === 0 ? 'hidden' : ''}`}
      >
        {rows.map((row, at) => (
          // The field handles the keys; this is for the pointer.
          <li
            key={row.value}
            id={`${id}-${at}`}
            role="option"
            aria-selected={at === chosen}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => onChoose(row)}
            className={`flex min-h-8 cursor-default items-center gap-2.5 rounded-md px-2 py-1 text-row ${at === chosen ? 'bg-wash-2' : 'hover:bg-wash'}`}
          >
            {kind === 'file' ? <PathRow path={row.value} /> : <CommandRow row={row} />}
          </li>
        ))}
      </ul>
      {!isWhole && <p className="border-t border-border px-3 py-1.5 text-meta text-text-3">{t('composer.notWhole')}</p>}
    </div>
  );
}

/** The name comes first: its folders are truncated if space is short. */
function PathRow({ path }: { readonly path: string }) {
  const isFolder = path.endsWith('/');
  const at = path.lastIndexOf('/', path.length - 2) + 1;
  const Icon = isFolder ? Folder : File;
  return (
    <>
      <Icon size={14} strokeWidth={1.6} aria-hidden className="shrink-0 text-text-3" />
      <span className="max-w-[70%] shrink-0 truncate font-mono text-code text-text-1">{path.slice(at)}</span>
      <span className="min-w-0 truncate font-mono text-meta text-text-3">{path.slice(0, at)}</span>
    </>
  );
}

function CommandRow({ row }: { readonly row: Suggestion }) {
  return (
    <>
      <SquareSlash size={14} strokeWidth={1.6} aria-hidden className="shrink-0 text-text-3" />
      <span className="flex w-[42%] min-w-0 shrink-0 items-baseline gap-2 font-mono">
        <span className="shrink-0 text-code text-text-1">/{row.value}</span>
        {row.hint !== undefined && (
          <span className="min-w-0 truncate text-meta text-text-3" title={row.hint}>
            {row.hint}
          </span>
        )}
      </span>
      <span className="min-w-0 flex-1 truncate text-row text-text-2">{row.detail}</span>
    </>
  );
}
