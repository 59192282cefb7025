import type { ApprovalMode } from '../../../preload/contract/index.ts';
import { useActions, useSettings } from '../../stores/index.ts';
import { strings } from '../../strings.ts';
import { ApprovalsSectionRules } from './ApprovalsSectionRules.tsx';
import { ChoiceList } from './ChoiceList.tsx';
import { Section } from './Section.tsx';
import { settingsStrings } from './settings-strings.ts';
import { WhereFrom } from './WhereFrom.tsx';

const MODES: readonly ApprovalMode[] = ['plan', 'default', 'auto-edit', 'yolo'];

export function ApprovalsSection() {
  const settings = useSettings();
  const { setDefaultMode } = useActions();
  const { title, intro, legend } = settingsStrings.approvals;
  return (
    <Section title={title} intro={intro}>
      <ChoiceList
        legend={legend}
        value={settings?.approvalMode}
        choices={MODES.map((value) => ({ value, ...strings.modes[value] }))}
        onChange={(mode) => void setDefaultMode(mode)}
      />
      <WhereFrom settingKey="tools.approvalMode" />
      <ApprovalsSectionRules />
    </Section>
  );
}
