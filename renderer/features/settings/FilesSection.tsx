import type { SettingsFile, SettingsView } from '../../../preload/contract/index.ts';
import { useHost, useSettings } from '../../stores/index.ts';
import { Chip, CopyButton, type Tone } from '../../ui/index.ts';
import { Section } from './Section.tsx';
import { t } from './text.ts';
import { ValuesList } from './ValuesList.tsx';

export function FilesSection() {
  const settings = useSettings();
  const app = useHost((host) => host.app);
  return (
    <Section title={t('settings.files.title')} intro={t('settings.files.intro')}>
      <ul aria-label={t('settings.files.filesLabel')} className="divide-y divide-border rounded-lg border border-border bg-panel">
        {settings?.files.map((file) => {
          const state = fileState(file, settings);
          return (
            <Row key={`${file.scope} ${file.path}`} name={t(`settings.files.scopes.${file.scope}`)} path={file.path}>
              <Chip tone={state.tone}>{state.text}</Chip>
            </Row>
          );
        })}
      </ul>
      <ValuesList />
      <ul className="mt-4 divide-y divide-border rounded-lg border border-border bg-panel">
        {app?.logPath !== undefined && <Row name={t('settings.files.log')} path={app.logPath} />}
        {app !== undefined && (
          <li className="flex min-h-11 items-center px-3.5 py-2">
            {t('settings.files.version')} {app.version}
          </li>
        )}
      </ul>
    </Section>
  );
}

function Row({ name, path, children }: { readonly name: string; readonly path: string; readonly children?: React.ReactNode }) {
  return (
    <li className="flex min-h-11 items-center gap-3 px-3.5 py-2">
      <span className="min-w-0 flex-1">
        {name}
        <span className="block truncate font-mono text-meta text-text-3" title={path}>
          {path}
        </span>
      </span>
      {children}
      <CopyButton text={path} label={t('settings.files.copyPath', { path })} />
    </li>
  );
}

/** Whether a file is used, and if not, why. */
function fileState(file: SettingsFile, { problems }: SettingsView): { readonly text: string; readonly tone: Tone } {
  if (!file.exists) return { text: t('settings.files.notThere'), tone: 'plain' };
  if (problems.some(({ path }) => path === file.path))
    return file.used ? { text: t('settings.files.lastGood'), tone: 'warn' } : { text: t('settings.files.broken'), tone: 'err' };
  return file.used ? { text: t('settings.files.used'), tone: 'ok' } : { text: t('settings.files.notTrusted'), tone: 'warn' };
}
