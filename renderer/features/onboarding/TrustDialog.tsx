import type { ProjectSummary } from '../../../preload/contract/index.ts';
import { useActions } from '../../stores/index.ts';
import { Button, Dialog } from '../../ui/index.ts';
import { ExactText } from '../exact-text/index.ts';
import { t } from '../../i18n.ts';

/** Asks once for each folder whether its instructions, servers and hooks may be used. */
export function TrustDialog({ project }: { readonly project: ProjectSummary }) {
  const { trustProject } = useActions();
  return (
    <Dialog
      open
      dismissable={false}
      onOpenChange={() => {}}
      title={t('onboarding.trust.title', { name: project.name })}
      description={t('onboarding.trust.detail')}
      widthPx={540}
      footer={
        <>
          <Button onClick={() => trustProject(project.id, false)}>{t('onboarding.trust.distrust')}</Button>
          <Button look="primary" onClick={() => trustProject(project.id, true)}>
            {t('onboarding.trust.trust')}
          </Button>
        </>
      }
    >
      <p className="font-mono text-code break-all text-text-2">
        <ExactText text={project.path} />
      </p>
      {project.holdsHome === true && <p className="mt-3 text-warn">{t('onboarding.trust.holdsHome')}</p>}
      {project.projectFiles.length > 0 ? (
        <>
          <p className="mt-3 text-text-2">{t('onboarding.trust.brings')}</p>
          <ul className="mt-1 max-h-40 list-disc overflow-y-auto pl-5 font-mono text-code">
            {project.projectFiles.map((file) => (
              <li key={file} className="break-all">
                <ExactText text={file} />
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p className="mt-3 text-text-2">{t('onboarding.trust.bringsNothing')}</p>
      )}
      <p className="mt-3 text-text-2">{t('onboarding.trust.untrusted')}</p>
    </Dialog>
  );
}
