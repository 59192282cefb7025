import type { ApprovalMode } from '../../../preload/contract/index.ts';
import { useActions, useSettings } from '../../stores/index.ts';
import { t } from './text.ts';
import { ApprovalsSectionRules } from './ApprovalsSectionRules.tsx';
import { ChoiceList } from './ChoiceList.tsx';
import { Section } from './Section.tsx';
import { WhereFrom } from './WhereFrom.tsx';

const MODES: readonly ApprovalMode[] = ['plan', 'default', 'auto-edit', 'yolo'];

export function ApprovalsSection() {
  const settings = useSettings();
  const { setDefaultMode } = useActions();
  return (
    <Section title={t('settings.approvals.title')} intro={t('settings.approvals.intro')}>
      <ChoiceList
        legend={t('settings.approvals.legend')}
        value={settings?.approvalMode}
        choices={MODES.map((value) => ({ value, name: t(`modes.${value}.name`), detail: t(`modes.${value}.detail`) }))}
        onChange={(mode) => void setDefaultMode(mode)}
      />
      <WhereFrom settingKey="tools.approvalMode" />
      <ApprovalsSectionRules />
    </Section>
  );
}
