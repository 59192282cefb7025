import { useState } from 'react';
import type { ProviderId } from '../../../preload/contract/index.ts';
import { useSettings } from '../../stores/index.ts';
import { AppearanceSection } from './AppearanceSection.tsx';
import { ApprovalsSection } from './ApprovalsSection.tsx';
import { FilesSection } from './FilesSection.tsx';
import { McpSection } from './mcp/McpSection.tsx';
import { ModelsSection } from './models/ModelsSection.tsx';
import { ProblemsNote } from './ProblemsNote.tsx';
import { ShortcutsSection } from './ShortcutsSection.tsx';
import { type SectionId, SettingsNav } from './SettingsNav.tsx';
import { t } from './text.ts';
import { useEscape } from './use-escape.ts';

export interface SettingsScreenProps {
  readonly onClose: () => void;
  /** Opens this provider with the focus in its key field, to replace a refused key. */
  readonly focusProviderId?: ProviderId;
}

/** The settings, below the title bar. Escape leaves them. */
export function SettingsScreen({ onClose, focusProviderId }: SettingsScreenProps) {
  const [section, setSection] = useState<SectionId>('models');
  const settings = useSettings();
  useEscape(onClose);
  return (
    <div className="flex min-h-0 flex-1">
      <SettingsNav shown={section} onShow={setSection} onClose={onClose} />
      <main aria-label={t('settings.screen.label')} className="min-w-0 flex-1 overflow-y-auto px-10 py-7">
        <ProblemsNote problems={settings?.problems ?? []} />
        {section === 'models' && <ModelsSection {...(focusProviderId === undefined ? {} : { focusProviderId })} />}
        {section === 'approvals' && <ApprovalsSection />}
        {section === 'mcp' && <McpSection />}
        {section === 'appearance' && <AppearanceSection />}
        {section === 'shortcuts' && <ShortcutsSection />}
        {section === 'files' && <FilesSection />}
      </main>
    </div>
  );
}
