import { useState } from 'react';
import type { ModelSummary } from '../../../../preload/contract/index.ts';
import { Button, Field } from '../../../ui/index.ts';
import { windowText } from '../provider-format.ts';
import { t } from '../text.ts';
import { type ModelRow, toRows } from './connect-draft.ts';
import type { Connect } from './use-connect.ts';

/** From this number on the table has a filter. */
const FILTER_FROM = 8;
const MAX_ROWS = 100;
const WINDOWS = [32_768, 65_536, 131_072, 200_000, 262_144, 1_000_000];

export interface ModelTableProps {
  readonly state: Connect;
  /** The provider's models as the host describes them. */
  readonly saved: readonly ModelSummary[];
}

/** The models of a connected provider. Each change is saved at once. */
export function ModelTable({ state, saved }: ModelTableProps) {
  const [query, setQuery] = useState('');
  const rows = toRows(state.listed, state.chosen, saved);
  const matching = rows.filter(({ id }) => id.toLowerCase().includes(query.trim().toLowerCase()));
  const shown = matching.slice(0, MAX_ROWS);
  return (
    <div className="flex shrink-0 flex-col gap-2">
      {rows.length >= FILTER_FROM && (
        <Field
          label={t('connect.filter')}
          hideLabel
          placeholder={t('connect.filter')}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
      )}
      {rows.length > 0 && (
        <div className="overflow-x-auto rounded-md border border-border">
          <table className="w-full text-row">
            <thead className="bg-wash text-left text-meta text-text-2">
              <tr>
                <th className="w-8" aria-label={t('connect.use')} />
                <th className="py-1.5 pr-2 font-normal">{t('connect.model')}</th>
                <th className="px-2 font-normal">{t('connect.context')}</th>
                <th className="px-2 text-center font-normal">{t('connect.images')}</th>
                <th className="px-2 text-center font-normal">{t('connect.default')}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <Row key={row.id} row={row} state={state} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {matching.length > shown.length && (
        <p className="text-meta text-text-2">{t('connect.more', { count: matching.length - shown.length })}</p>
      )}
      {state.connected !== undefined && <AddModel onAdd={(id) => state.choose(id, true)} />}
    </div>
  );
}

function Row({ row, state }: { readonly row: ModelRow; readonly state: Connect }) {
  const { id, chats, isChosen, contextWindowTokens, takesImages } = row;
  const windows = [...new Set([...WINDOWS, ...(contextWindowTokens === undefined ? [] : [contextWindowTokens])])].toSorted((a, b) => a - b);
  return (
    <tr className="border-t border-border">
      <td className="pl-2.5">
        <input
          type="checkbox"
          className="size-4 accent-accent align-middle"
          aria-label={t('connect.useModel', { id })}
          checked={isChosen}
          disabled={!chats}
          onChange={(event) => state.choose(id, event.target.checked)}
        />
      </td>
      <td className={`py-1.5 pr-2 font-mono text-code break-all ${chats ? '' : 'text-text-3'}`}>{id}</td>
      {chats ? (
        <>
          <td className="px-2">
            <select
              aria-label={t('connect.contextOf', { id })}
              className="h-7 rounded-md border border-border-strong bg-canvas px-1.5 text-row disabled:opacity-50"
              value={contextWindowTokens ?? ''}
              disabled={!isChosen}
              onChange={(event) => state.change(id, { contextWindowTokens: Number(event.target.value) })}
            >
              {contextWindowTokens === undefined && <option value="">{t('connect.notStated')}</option>}
              {windows.map((tokens) => (
                <option key={tokens} value={tokens}>
                  {windowText(tokens)}
                </option>
              ))}
            </select>
          </td>
          <td className="px-2 text-center">
            <input
              type="checkbox"
              role="switch"
              className="size-4 accent-accent align-middle"
              aria-label={t('connect.imagesOf', { id })}
              checked={takesImages}
              disabled={!isChosen}
              onChange={(event) => state.change(id, { takesImages: event.target.checked })}
            />
          </td>
          <td className="px-2 text-center">
            <input
              type="radio"
              name="default-model"
              className="size-4 accent-accent align-middle"
              aria-label={t('connect.makeDefault', { id })}
              checked={state.defaultId === id}
              onChange={() => state.makeDefault(id)}
            />
          </td>
        </>
      ) : (
        <td colSpan={3} className="px-2 text-right text-meta text-text-3">
          {t('connect.noChat')}
        </td>
      )}
    </tr>
  );
}

/** For a model that the server does not list. */
function AddModel({ onAdd }: { readonly onAdd: (id: string) => void }) {
  const [id, setId] = useState('');
  const add = () => {
    if (id.trim() !== '') onAdd(id.trim());
    setId('');
  };
  return (
    <div className="flex gap-2">
      <Field
        className="flex-1"
        label={t('connect.otherModel')}
        hideLabel
        mono
        maxLength={300}
        placeholder={t('connect.otherModel')}
        value={id}
        onChange={(event) => setId(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') add();
        }}
      />
      <Button className="h-[30px]!" disabled={id.trim() === ''} onClick={add}>
        {t('connect.add')}
      </Button>
    </div>
  );
}
