import type { ProjectSummary } from '../../../preload/contract/index.ts';
import { useSettings, useUi } from '../../stores/index.ts';
import { Button } from '../../ui/index.ts';
import { useDemo } from './use-demo.ts';
import { t } from '../../i18n.ts';

export interface StartScreenProps {
  readonly project: ProjectSummary;
  readonly hasModel: boolean;
  /** Called when a suggestion was accepted. */
  readonly onStart: (text: string) => void;
}

const STARTERS = ['explain', 'fix', 'test', 'review'] as const;

/** A session that has not started: suggestions, or what has to be set up first. */
export function StartScreen({ project, hasModel, onStart }: StartScreenProps) {
  const settingsKnown = useSettings() !== undefined;
  return (
    <div className="mx-auto my-auto flex w-full max-w-[568px] flex-col gap-4 px-6 py-8">
      <h2 className="text-title font-semibold break-words">{t('onboarding.start.title', { name: project.name })}</h2>
      {settingsKnown && !hasModel ? (
        <NoModel />
      ) : (
        <ul aria-label={t('onboarding.start.startersLabel')} className="-mx-2.5 flex flex-col">
          {STARTERS.map((name) => (
            <li key={name}>
              <button
                type="button"
                onClick={() => onStart(t(`onboarding.start.starters.${name}`))}
                className="flex min-h-8 w-full items-center rounded-md px-2.5 py-1 text-left text-text-2 hover:bg-wash hover:text-text-1"
              >
                {t(`onboarding.start.starters.${name}`)}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function NoModel() {
  const showScreen = useUi((ui) => ui.showScreen);
  const demo = useDemo();
  return (
    <div className="flex flex-col gap-3">
      <p className="text-text-2">{t('onboarding.start.noModel')}</p>
      <div className="flex flex-wrap gap-2">
        <Button look="primary" onClick={() => showScreen('connect')}>
          {t('onboarding.welcome.connect')}
        </Button>
        {demo && <Button onClick={demo}>{t('onboarding.welcome.demo')}</Button>}
      </div>
    </div>
  );
}
