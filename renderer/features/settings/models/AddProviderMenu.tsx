import type { ProviderPreset } from '../../../../preload/contract/index.ts';
import { Button, Menu, MenuItem, MenuSeparator } from '../../../ui/index.ts';
import { t } from '../text.ts';

export interface AddProviderMenuProps {
  readonly presets: readonly ProviderPreset[];
  /** `undefined`: a custom provider. */
  readonly onChoose: (preset: ProviderPreset | undefined) => void;
}

export function AddProviderMenu({ presets, onChoose }: AddProviderMenuProps) {
  return (
    <Menu trigger={<Button look="primary">{t('settings.models.add')}</Button>}>
      {presets.map((preset) => (
        <MenuItem key={`${preset.name} ${preset.baseUrl}`} onSelect={() => onChoose(preset)}>
          {preset.name}
        </MenuItem>
      ))}
      {presets.length > 0 && <MenuSeparator />}
      <MenuItem onSelect={() => onChoose(undefined)}>{t('settings.models.custom')}</MenuItem>
    </Menu>
  );
}
