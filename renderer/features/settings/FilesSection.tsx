import type { SettingsFile, SettingsView } from '../../../preload/contract/index.ts';
import { useHost, useSettings } from '../../stores/index.ts';
import { Chip, CopyButton, type Tone } from '../../ui/index.ts';
import { Section } from './Section.tsx';
import { settingsStrings } from './settings-strings.ts';
import { ValuesList } from './ValuesList.tsx';

const text = settingsStrings.files;

export function FilesSection() {
  const settings = useSettings();
  const app = useHost((host) => host.app);
  return (
    <Section title={text.title} intro={text.intro}>
      <ul aria-label={text.filesLabel} className="divide-y divide-border rounded-lg border border-border bg-panel">
        {settings?.files.map((file) => {
          const state = fileState(file, settings);
          return (
            <Row key={`${file.scope} ${file.path}`} name={text.scopes[file.scope]} path={file.path}>
              <Chip tone={state.tone}>{state.text}</Chip>
            </Row>
          );
        })}
      </ul>
      <ValuesList />
      <ul className="mt-4 divide-y divide-border rounded-lg border border-border bg-panel">
        {app?.logPath !== undefined && <Row name={text.log} path={app.logPath} />}
        {app !== undefined && (
          <li className="flex min-h-11 items-center px-3.5 py-2">
            {text.version} {app.version}
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
      <CopyButton text={path} label={text.copyPath(path)} />
    </li>
  );
}

/** Whether a file counts, and if not, why. */
function fileState(file: SettingsFile, { problems }: SettingsView): { readonly text: string; readonly tone: Tone } {
  if (!file.exists) return { text: text.notThere, tone: 'plain' };
  if (problems.some(({ path }) => path === file.path))
    return file.used ? { text: text.lastGood, tone: 'warn' } : { text: text.broken, tone: 'err' };
  return file.used ? { text: text.used, tone: 'ok' } : { text: text.notTrusted, tone: 'warn' };
}
