import { ChevronDown } from 'lucide-react';
import { ApprovalMode } from '../../../../preload/contract/index.ts';
import { t } from '../text.ts';
import { Button, Menu, MenuChoice, MenuChoices } from '../../../ui/index.ts';

export interface ModePickerProps {
  readonly mode: ApprovalMode;
  readonly onChange: (mode: ApprovalMode) => void;
  readonly disabled?: boolean;
}

/** The approval mode, in plain words. */
export function ModePicker({ mode, onChange, disabled = false }: ModePickerProps) {
  return (
    <Menu
      side="top"
      trigger={
        <Button
          look="quiet"
          disabled={disabled}
          className="min-w-0 px-2"
          aria-label={t('composer.mode', { name: t(`modes.${mode}.name`) })}
        >
          <span className={`truncate ${mode === 'yolo' ? 'text-warn' : ''}`}>{t(`modes.${mode}.name`)}</span>
          <ChevronDown size={13} aria-hidden className="shrink-0 text-text-3" />
        </Button>
      }
    >
      <MenuChoices value={mode} onChange={(value) => onChange(ApprovalMode.parse(value))}>
        {ApprovalMode.options.map((option) => (
          <MenuChoice key={option} value={option} label={t(`modes.${option}.name`)} detail={t(`modes.${option}.detail`)} />
        ))}
      </MenuChoices>
    </Menu>
  );
}

/** The mode that Shift+Tab selects after this one; never yolo, which is confirmed and would stop the cycle there. */
export function nextMode(mode: ApprovalMode): ApprovalMode {
  const modes = ApprovalMode.options.filter((option) => option !== 'yolo');
  return modes[(modes.indexOf(mode === 'yolo' ? 'auto-edit' : mode) + 1) % modes.length] ?? 'default';
}
