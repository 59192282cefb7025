import { Check, FolderOpen } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { ApprovalMode, type SettingsView } from '../../../preload/contract/index.ts';
import { useActions, useProviders, useSettings, useUi } from '../../stores/index.ts';
import { t } from '../../i18n.ts';
import { Button, keyLabel, Kbd } from '../../ui/index.ts';
import { useDemo } from './use-demo.ts';

/** The first run: model, approval mode, folder. Only the folder is required. */
export function Welcome() {
  const settings = useSettings();
  const { pickFolder } = useActions();
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto flex min-h-full max-w-[620px] flex-col justify-center gap-6 px-6 py-10">
        <header>
          <h2 className="text-title font-semibold">{t('onboarding.welcome.title')}</h2>
          <p className="mt-1 text-text-2">{t('onboarding.welcome.intro')}</p>
        </header>
        <ol className="divide-y divide-border rounded-lg border border-border bg-panel">
          <Step
            number={1}
            title={t('onboarding.welcome.connectTitle')}
            detail={t('onboarding.welcome.connectDetail')}
            done={settings?.defaultModel !== undefined}
          >
            <ConnectChoice settings={settings} />
          </Step>
          <Step number={2} title={t('onboarding.welcome.askTitle')} detail={t('onboarding.welcome.askDetail')} done={false}>
            <ModeChoice settings={settings} />
          </Step>
          <Step number={3} title={t('onboarding.welcome.folderTitle')} detail={t('onboarding.welcome.folderDetail')} done={false}>
            <Button
              look={settings?.defaultModel ? 'primary' : 'outline'}
              icon={<FolderOpen size={15} aria-hidden />}
              onClick={() => pickFolder()}
            >
              {t('onboarding.welcome.folder')}
            </Button>
            <Kbd>{keyLabel('Mod O')}</Kbd>
          </Step>
        </ol>
      </div>
    </div>
  );
}

interface StepProps {
  readonly number: number;
  readonly title: string;
  readonly detail: string;
  readonly done: boolean;
  readonly children: ReactNode;
}

function Step({ number, title, detail, done, children }: StepProps) {
  return (
    <li className="flex gap-3.5 px-4 py-3.5">
      <span
        aria-hidden
        className={`mt-px grid size-[22px] shrink-0 place-items-center rounded-full text-meta font-semibold ${done ? 'bg-ok-tint text-ok' : 'bg-wash-2 text-text-2'}`}
      >
        {done ? <Check size={13} /> : number}
      </span>
      <div className="min-w-0 flex-1">
        <h3 className="font-[550]">
          {title}
          {done && <span className="sr-only">, {t('onboarding.welcome.done')}</span>}
        </h3>
        <p className="text-row text-text-2">{detail}</p>
        <div className="mt-2.5 flex flex-wrap items-center gap-2">{children}</div>
      </div>
    </li>
  );
}

function ConnectChoice({ settings }: { readonly settings: SettingsView | undefined }) {
  const showScreen = useUi((ui) => ui.showScreen);
  const { providers } = useProviders();
  const demo = useDemo();
  const chosen = settings?.defaultModel;
  if (chosen) {
    const provider = providers.find((one) => one.id === chosen.providerId);
    const name = provider?.models.find((one) => one.id === chosen.modelId)?.name ?? chosen.modelId;
    return (
      <>
        <span className="text-row text-text-1">{t('onboarding.welcome.connected', { name })}</span>
        <Button look="quiet" onClick={() => showScreen('settings')}>
          {t('onboarding.welcome.change')}
        </Button>
      </>
    );
  }
  return (
    <>
      <Button look="primary" onClick={() => showScreen('connect')}>
        {t('onboarding.welcome.connect')}
      </Button>
      {demo && <Button onClick={demo}>{t('onboarding.welcome.demo')}</Button>}
    </>
  );
}

function ModeChoice({ settings }: { readonly settings: SettingsView | undefined }) {
  const { setDefaultMode } = useActions();
  const name = useId();
  const mode = settings?.approvalMode ?? 'default';
  return (
    <fieldset className="grid w-full gap-0.5 sm:grid-cols-2">
      <legend className="sr-only">{t('onboarding.welcome.askTitle')}</legend>
      {ApprovalMode.options.map((option) => (
        <label
          key={option}
          className="flex cursor-default items-start gap-2 rounded-md px-2 py-1.5 text-row hover:bg-wash has-checked:bg-accent-tint"
        >
          <input
            type="radio"
            name={name}
            value={option}
            checked={mode === option}
            onChange={() => setDefaultMode(option)}
            className="mt-[3.5px] size-[13px] accent-(--accent)"
          />
          <span>
            <span className="block text-text-1">{t(`modes.${option}.name`)}</span>
            <span className="block text-meta text-text-2">{t(`modes.${option}.detail`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
