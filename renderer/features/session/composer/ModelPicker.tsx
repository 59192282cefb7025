import { ChevronDown, Settings2 } from 'lucide-react';
import type { ModelRef } from '../../../../preload/contract/index.ts';
import { useProviders, useUi } from '../../../stores/index.ts';
import { t } from '../text.ts';
import { Button, Menu, MenuChoice, MenuChoices, MenuItem, MenuLabel, MenuSeparator } from '../../../ui/index.ts';
import { modelName } from './model-name.ts';

export interface ModelPickerProps {
  readonly model: ModelRef | undefined;
  readonly onChange: (model: ModelRef) => void;
  readonly disabled?: boolean;
  /** Set together if something besides the button opens it. */
  readonly open?: boolean;
  readonly onOpenChange?: (open: boolean) => void;
}

/** One string for each model in the menu; ids may contain any character but this one. */
const SEPARATOR = '\n';

/** All models of the configured providers; typeahead finds a name. */
export function ModelPicker({ model, onChange, disabled = false, open, onOpenChange }: ModelPickerProps) {
  const { providers } = useProviders();
  const showScreen = useUi((ui) => ui.showScreen);
  const choose = (value: string) => {
    const provider = providers.find((one) => value.startsWith(one.id + SEPARATOR));
    if (provider) onChange({ providerId: provider.id, modelId: value.slice(provider.id.length + 1) });
  };
  const name = modelName(providers, model);
  return (
    <Menu
      side="top"
      {...(open === undefined ? {} : { open })}
      {...(onOpenChange === undefined ? {} : { onOpenChange })}
      trigger={
        <Button
          look="quiet"
          disabled={disabled}
          className="min-w-0 px-2"
          aria-label={t('composer.model', { name: name ?? t('composer.chooseModel') })}
        >
          <span className={`truncate ${name === undefined ? 'text-accent' : ''}`}>{name ?? t('composer.chooseModel')}</span>
          <ChevronDown size={13} aria-hidden className="shrink-0 text-text-3" />
        </Button>
      }
    >
      <MenuChoices value={model ? model.providerId + SEPARATOR + model.modelId : ''} onChange={choose}>
        {providers
          .filter((provider) => provider.models.length > 0)
          .map((provider) => (
            <div key={provider.id}>
              <MenuLabel>{provider.name}</MenuLabel>
              {provider.models.map((one) => (
                <MenuChoice
                  key={one.id}
                  value={provider.id + SEPARATOR + one.id}
                  label={one.name ?? one.id}
                  {...(provider.key.source === 'missing' ? { detail: t('composer.keyMissing') } : {})}
                />
              ))}
            </div>
          ))}
      </MenuChoices>
      <MenuSeparator />
      <MenuItem icon={<Settings2 size={14} aria-hidden />} onSelect={() => showScreen('settings')}>
        {t('composer.manageModels')}
      </MenuItem>
    </Menu>
  );
}
