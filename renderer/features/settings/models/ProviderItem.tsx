import type { ConnectionTest, ProviderSummary } from '../../../../preload/contract/index.ts';
import { Button, Chip } from '../../../ui/index.ts';
import { keyChip, providerSubtitle } from '../provider-format.ts';
import { t } from '../text.ts';
import { ProviderEditor, type ProviderEditorProps } from './ProviderEditor.tsx';

export interface ProviderItemProps extends Omit<ProviderEditorProps, 'provider' | 'preset' | 'test' | 'onCancel'> {
  readonly provider: ProviderSummary;
  readonly test: ConnectionTest | undefined;
  readonly open: boolean;
  readonly onToggle: () => void;
}

/** One provider of the list: a row, and its editor while it is open. */
export function ProviderItem({ provider, test, open, onToggle, ...editor }: ProviderItemProps) {
  const chip = keyChip(provider, test);
  return (
    <li className="border-b border-border last:border-0">
      <div className="grid grid-cols-[28px_minmax(0,1fr)_auto_auto] items-center gap-3 px-3.5 py-3 max-[900px]:grid-cols-[28px_minmax(0,1fr)_auto] max-[900px]:gap-y-1">
        <Mark name={provider.name} />
        <div className="min-w-0">
          <div className="truncate">{provider.name}</div>
          <small className="block truncate text-meta text-text-3" title={provider.baseUrl}>
            {providerSubtitle(provider)}
          </small>
        </div>
        {/* In a narrow window the name keeps its own line. */}
        <span className="max-[900px]:col-start-2 max-[900px]:row-start-2 max-[900px]:justify-self-start">
          <Chip tone={chip.tone}>{chip.text}</Chip>
        </span>
        {provider.protocol === 'demo' ? (
          <span />
        ) : (
          <Button
            look="quiet"
            aria-expanded={open}
            aria-label={open ? undefined : t('settings.models.editNamed', { name: provider.name })}
            onClick={onToggle}
          >
            {open ? t('common.close') : t('common.edit')}
          </Button>
        )}
      </div>
      {open && <ProviderEditor {...editor} provider={provider} {...(test === undefined ? {} : { test })} />}
    </li>
  );
}

export function Mark({ name }: { readonly name: string }) {
  return (
    <span aria-hidden className="grid size-7 place-items-center rounded-[7px] bg-wash-2 text-meta font-semibold text-text-2">
      {([...name.trim()][0] ?? '+').toUpperCase()}
    </span>
  );
}
