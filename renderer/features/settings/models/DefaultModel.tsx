import type { ProviderSummary } from '../../../../preload/contract/index.ts';
import { useActions, useSettings } from '../../../stores/index.ts';
import { Button, Menu, MenuChoice, MenuChoices, MenuLabel } from '../../../ui/index.ts';
import { modelLabel } from '../provider-format.ts';
import { t } from '../text.ts';

/** The model of new sessions. */
export function DefaultModel({ providers }: { readonly providers: readonly ProviderSummary[] }) {
  const chosen = useSettings()?.defaultModel;
  const { setDefaultModel } = useActions();
  const withModels = providers.filter((provider) => provider.models.length > 0);
  const value = chosen === undefined ? '' : `${chosen.providerId} ${chosen.modelId}`;
  const name =
    withModels.find(({ id }) => id === chosen?.providerId)?.models.find(({ id }) => id === chosen?.modelId)?.name ?? chosen?.modelId;
  return (
    <div className="ml-auto flex min-w-0 items-center text-row text-text-2">
      <span id="default-model">{t('settings.models.defaultModel')}</span>
      <Menu
        align="end"
        trigger={
          <Button
            look="quiet"
            className="min-w-0 shrink! px-1.5 font-[550] text-text-1!"
            aria-describedby="default-model"
            disabled={withModels.length === 0}
          >
            <span className="truncate">{name ?? t('settings.models.chooseDefault')}</span>
          </Button>
        }
      >
        <MenuChoices
          value={value}
          onChange={(picked) => {
            for (const provider of withModels) {
              const model = provider.models.find(({ id }) => `${provider.id} ${id}` === picked);
              if (model !== undefined) void setDefaultModel({ providerId: provider.id, modelId: model.id });
            }
          }}
        >
          {withModels.map((provider) => (
            <div key={provider.id}>
              <MenuLabel>{provider.name}</MenuLabel>
              {provider.models.map((model) => (
                <MenuChoice key={model.id} value={`${provider.id} ${model.id}`} label={modelLabel(model)} />
              ))}
            </div>
          ))}
        </MenuChoices>
      </Menu>
    </div>
  );
}
