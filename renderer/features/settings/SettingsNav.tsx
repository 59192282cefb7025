import { ArrowLeft } from 'lucide-react';
import { useState } from 'react';
import { t } from './text.ts';

export type SectionId = 'models' | 'approvals' | 'mcp' | 'appearance' | 'shortcuts' | 'files';

interface Entry {
  readonly id: SectionId;
  readonly title: 'mcp.title' | `settings.${Exclude<SectionId, 'mcp'>}.title`;
  readonly group?: 'settings.screen.application';
}

const ENTRIES: readonly Entry[] = [
  { id: 'models', title: 'settings.models.title' },
  { id: 'approvals', title: 'settings.approvals.title' },
  { id: 'mcp', title: 'mcp.title' },
  { id: 'appearance', title: 'settings.appearance.title', group: 'settings.screen.application' },
  { id: 'shortcuts', title: 'settings.shortcuts.title' },
  { id: 'files', title: 'settings.files.title' },
];

export interface SettingsNavProps {
  readonly shown: SectionId;
  readonly onShow: (section: SectionId) => void;
  readonly onClose: () => void;
}

const ROW = 'flex h-[30px] w-full items-center gap-2 rounded-md px-2.5 text-left text-row hover:bg-wash';

export function SettingsNav({ shown, onShow, onClose }: SettingsNavProps) {
  const [wanted, setWanted] = useState('');
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const said = ({ id, title }: Entry) => `${t(title)} ${t(`settings.searchWords.${id}`)}`.toLowerCase();
  const matching = ENTRIES.filter((entry) => words.every((word) => said(entry).includes(word)));
  return (
    <nav
      aria-label={t('settings.screen.label')}
      className="flex w-[264px] shrink-0 flex-col gap-0.5 overflow-y-auto border-r border-border bg-sidebar px-2 py-2.5"
    >
      <button type="button" className={`${ROW} mb-1.5 text-text-2`} onClick={onClose}>
        <ArrowLeft size={15} strokeWidth={1.6} aria-hidden />
        {t('common.back')}
      </button>
      <input
        type="search"
        aria-label={t('settings.screen.search')}
        placeholder={t('settings.screen.search')}
        value={wanted}
        onChange={(event) => setWanted(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && matching[0]) onShow(matching[0].id);
        }}
        className="mb-2 h-[30px] shrink-0 rounded-md border border-border bg-canvas px-2.5 text-row"
      />
      {matching.map((entry) => (
        <div key={entry.id}>
          {entry.group !== undefined && words.length === 0 && (
            <div className="px-2.5 pt-3 pb-1 text-meta text-text-3">{t(entry.group)}</div>
          )}
          <button
            type="button"
            aria-current={entry.id === shown ? 'page' : undefined}
            className={`${ROW} ${entry.id === shown ? 'bg-wash-2 text-text-1' : 'text-text-2'}`}
            onClick={() => onShow(entry.id)}
          >
            {t(entry.title)}
          </button>
        </div>
      ))}
      {matching.length === 0 && <p className="px-2.5 py-1 text-meta text-text-3">{t('settings.screen.noMatch')}</p>}
    </nav>
  );
}
