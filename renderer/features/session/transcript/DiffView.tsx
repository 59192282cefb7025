import { useMemo, useState } from 'react';
import { spellHidden, type ToolDisplay } from '../../../../preload/contract/index.ts';
import { t } from '../../../i18n.ts';
import { Button } from '../../../ui/index.ts';
import { ExactText } from '../../exact-text/index.ts';
import { type PatchRow, parsePatch } from './parse-patch.ts';

/** The rows of a long diff that are shown at first, so that opening one never blocks the window. */
const FIRST_ROWS = 400;

const MARKS: Record<PatchRow['kind'], string> = { hunk: '', context: ' ', add: '+', remove: '−' };
const GROUNDS: Record<PatchRow['kind'], string> = { hunk: 'text-text-3', context: '', add: 'bg-add', remove: 'bg-del' };
const INKS: Record<PatchRow['kind'], string> = { hunk: '', context: 'text-text-3', add: 'text-ok', remove: 'text-err' };

/** The change of one file as a unified diff with line numbers. */
export function DiffView({
  diff,
  maxHeightPx = 360,
  wraps = false,
}: {
  readonly diff: Extract<ToolDisplay, { kind: 'diff' }>;
  readonly maxHeightPx?: number;
  /** Long lines wrap, so that nothing is beyond the right edge. */
  readonly wraps?: boolean;
}) {
  const rows = useMemo(() => parsePatch(diff.patch), [diff.patch]);
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows.slice(0, FIRST_ROWS);
  return (
    <div>
      <div
        role="region"
        aria-label={t('diff.label', { path: spellHidden(diff.path) })}
        // Scrolls, so it must be reachable by keyboard.
        tabIndex={0}
        style={{ maxHeight: maxHeightPx }}
        className="overflow-auto rounded-md border border-border bg-term py-1 font-mono text-code text-term-ink"
      >
        <div className={wraps ? 'w-full' : 'w-max min-w-full'} data-partial={shown.length < rows.length || diff.truncated ? '' : undefined}>
          {shown.map((row, index) => (
            // Rows of one patch never move, so their index is their identity.
            <div key={index} className={`flex ${GROUNDS[row.kind]}`}>
              {row.kind === 'hunk' ? (
                <span className="px-3 py-0.5 select-none">{index === 0 ? row.text : `⋯ ${row.text}`}</span>
              ) : (
                <>
                  <span className="sticky left-0 w-11 shrink-0 bg-term pr-2 text-right text-text-3 select-none">
                    {row.newLine ?? row.oldLine}
                  </span>
                  <span className={`w-5 shrink-0 text-center select-none ${INKS[row.kind]}`}>{MARKS[row.kind]}</span>
                  <span className={wraps ? 'min-w-0 pr-4 wrap-anywhere whitespace-pre-wrap' : 'pr-4 whitespace-pre'}>
                    {row.text === '' ? ' ' : <ExactText text={row.text.replace(/\r$/, '')} />}
                  </span>
                </>
              )}
            </div>
          ))}
        </div>
      </div>
      <div className="flex items-center gap-2 pt-1 empty:hidden">
        {shown.length < rows.length && (
          <Button look="quiet" onClick={() => setAll(true)}>
            {t('diff.showAll', { rows: rows.length })}
          </Button>
        )}
        {diff.truncated && <span className="px-1 text-meta text-text-3">{t('diff.truncated')}</span>}
      </div>
    </div>
  );
}
