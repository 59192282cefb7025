import { Monitor, Plus, Search } from 'lucide-react';
import { useState } from 'react';
import type { ProviderPreset } from '../../../../preload/contract/index.ts';
import { t } from '../text.ts';
import { type ConnectChoice, isSameChoice, looksLikeUrl, toUrl } from './connect-draft.ts';

export interface ProviderListProps {
  readonly found: readonly ProviderPreset[];
  readonly presets: readonly ProviderPreset[];
  readonly choice: ConnectChoice;
  readonly onChoose: (choice: ConnectChoice) => void;
  /** An address was pasted into the search. */
  readonly onUrl: (url: string) => void;
}

const ROW = 'flex min-h-8 w-full items-center gap-2.5 rounded-md px-2 py-1 text-left hover:bg-wash aria-[current=true]:bg-wash-2';

/** Servers on this computer, then the presets, and the custom provider always in sight. */
export function ProviderList({ found, presets, choice, onChoose, onUrl }: ProviderListProps) {
  const [query, setQuery] = useState('');
  const matches = (preset: ProviderPreset) => `${preset.name} ${preset.baseUrl}`.toLowerCase().includes(query.trim().toLowerCase());
  const local = found.filter(matches);
  const remote = presets.filter((preset) => preset.envKey !== undefined && matches(preset));
  const row = (kind: 'found' | 'preset', preset: ProviderPreset) => {
    const own: ConnectChoice = { kind, preset };
    return (
      <li key={`${preset.name} ${preset.baseUrl}`}>
        <button type="button" className={ROW} aria-current={isSameChoice(choice, own)} onClick={() => onChoose(own)}>
          <span aria-hidden className="grid size-5 shrink-0 place-items-center rounded bg-wash-2 text-meta font-semibold text-text-2">
            {kind === 'found' ? <Monitor size={12} /> : preset.name.slice(0, 1)}
          </span>
          <span className="min-w-0 flex-1 truncate">{preset.name}</span>
          {kind === 'found' && (
            <span className="text-meta text-text-2">{t('settings.provider.modelCount', { count: preset.suggestedModels.length })}</span>
          )}
        </button>
      </li>
    );
  };
  return (
    <div className="flex min-h-0 flex-col border-border @max-[700px]:max-h-[260px] @max-[700px]:border-b @min-[700px]:border-r">
      <label className="m-2 flex h-8 shrink-0 items-center gap-2 rounded-md border border-border-strong bg-canvas px-2.5 focus-within:border-accent">
        <Search size={14} aria-hidden className="shrink-0 text-text-3" />
        <span className="sr-only">{t('connect.search')}</span>
        <input
          value={query}
          spellCheck={false}
          autoComplete="off"
          placeholder={t('connect.search')}
          className="min-w-0 flex-1 bg-transparent text-row outline-none"
          onChange={({ target: { value } }) => {
            if (!looksLikeUrl(value) || presets.some(({ baseUrl }) => baseUrl.includes(value.trim()))) return setQuery(value);
            setQuery('');
            onUrl(toUrl(value));
          }}
        />
      </label>
      <div className="min-h-0 flex-1 overflow-y-auto px-2 pb-2">
        {local.length > 0 && <Group label={t('connect.local')}>{local.map((preset) => row('found', preset))}</Group>}
        {remote.length > 0 && <Group label={t('connect.providers')}>{remote.map((preset) => row('preset', preset))}</Group>}
        {local.length + remote.length === 0 && <p className="px-2 py-1 text-row text-text-2">{t('connect.noMatch')}</p>}
      </div>
      <div className="shrink-0 border-t border-border p-2">
        <button type="button" className={ROW} aria-current={choice.kind === 'custom'} onClick={() => onChoose({ kind: 'custom' })}>
          <span aria-hidden className="grid size-5 shrink-0 place-items-center rounded bg-wash-2 text-text-2">
            <Plus size={13} />
          </span>
          <span className="min-w-0 flex-1">
            <span className="block">{t('connect.custom')}</span>
            <span className="block text-meta text-text-2">{t('connect.customDetail')}</span>
          </span>
        </button>
      </div>
    </div>
  );
}

function Group({ label, children }: { readonly label: string; readonly children: React.ReactNode }) {
  return (
    <>
      <h4 className="px-2 pt-1.5 pb-1 text-meta text-text-2">{label}</h4>
      <ul aria-label={label}>{children}</ul>
    </>
  );
}
