import { Command } from 'cmdk';
import { Dialog } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import type { SessionSummary } from '../../../preload/contract/index.ts';
import { useActions, useHost, useStores } from '../../stores/index.ts';
import { t } from '../../i18n.ts';
import { formatAge, Kbd, keyLabel, useNow } from '../../ui/index.ts';
import { useFoundFiles } from './use-found-files.ts';
import { type PaletteAction, usePaletteActions } from './use-palette-actions.ts';

/** The list of all sessions has the others. */
const MAX_SESSIONS = 100;
const ROW = 'flex min-h-8 items-center gap-2.5 rounded-md px-2.5 py-1 text-row text-text-1 data-[selected=true]:bg-wash-2';
const GROUP =
  '[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-meta [&_[cmdk-group-heading]]:text-text-3';

/** The command palette: actions, sessions, files, models, settings, with arrow keys and Enter or the pointer. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const [query, setQuery] = useState('');
  const { actions, models, settings } = usePaletteActions();
  const run = (action: () => void) => () => {
    onClose();
    action();
  };
  return (
    <Dialog.Root open onOpenChange={onClose}>
      <Dialog.Portal>
        <Dialog.Overlay data-scrim className="fixed inset-0 z-40 animate-fade-in bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-[12vh] left-1/2 z-40 w-[min(600px,calc(100vw-32px))] -translate-x-1/2 animate-fade-in overflow-hidden rounded-xl border border-border-strong bg-raised shadow-overlay"
        >
          <Dialog.Title className="sr-only">{t('palette.title')}</Dialog.Title>
          <Command label={t('palette.title')} loop>
            <Command.Input
              autoFocus
              value={query}
              onValueChange={setQuery}
              placeholder={t('palette.placeholder')}
              className="h-11 w-full border-b border-border bg-transparent px-4 outline-none placeholder:text-text-3"
            />
            <Command.List className="max-h-[min(420px,60vh)] overflow-y-auto p-1.5">
              <Command.Empty className="px-2.5 py-3 text-row text-text-3">{t('palette.none')}</Command.Empty>
              <Group heading={t('palette.actions')} rows={actions} run={run} />
              <SessionRows run={run} />
              <FileRows query={query} run={run} />
              {/* A long list of models would hide what follows, so it needs a query. */}
              {query !== '' && <Group heading={t('palette.models')} rows={models} run={run} />}
              <Group heading={t('palette.settings')} rows={settings} run={run} />
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

type Run = (action: () => void) => () => void;

function Group({ heading, rows, run }: { readonly heading: string; readonly rows: readonly PaletteAction[]; readonly run: Run }) {
  return (
    <Command.Group heading={heading} className={GROUP}>
      {rows.map(({ id, label, keys, run: action }) => (
        <Command.Item key={id} value={id} keywords={[label]} onSelect={run(action)} className={ROW}>
          <span className="min-w-0 flex-1 truncate">{label}</span>
          {keys !== undefined && <Kbd>{keyLabel(keys)}</Kbd>}
        </Command.Item>
      ))}
    </Command.Group>
  );
}

function SessionRows({ run }: { readonly run: Run }) {
  const sessions = useHost((host) => host.sessions);
  const projects = useHost((host) => host.projects);
  const { openSession } = useActions();
  const nowMs = useNow(60_000);
  const newest = Object.values<SessionSummary>(sessions)
    .toSorted((a, b) => b.updatedAtMs - a.updatedAtMs)
    .slice(0, MAX_SESSIONS);
  return (
    <Command.Group heading={t('palette.sessions')} className={GROUP}>
      {newest.map(({ id, projectId, title, updatedAtMs }) => (
        <Command.Item
          key={id}
          value={id}
          keywords={[title || t('common.untitled'), projects[projectId]?.name ?? '']}
          onSelect={run(() => void openSession(projectId, id))}
          className={ROW}
        >
          <span className="min-w-0 flex-1 truncate">{title || t('common.untitled')}</span>
          <Meta>{projects[projectId]?.name}</Meta>
          <Meta>{formatAge(updatedAtMs, nowMs)}</Meta>
        </Command.Item>
      ))}
    </Command.Group>
  );
}

/** The host has matched them against all files; the list's own filter would only hide some. */
function FileRows({ query, run }: { readonly query: string; readonly run: Run }) {
  const paths = useFoundFiles(query);
  const { ui } = useStores();
  if (paths.length === 0) return null;
  const mention = (path: string) => {
    const { activeProjectId, activeSessionId, offerText, focusComposer } = ui.getState();
    const draftKey = activeSessionId ?? activeProjectId;
    if (draftKey === undefined) return;
    focusComposer();
    offerText(draftKey, `@${path.replace(/[\s,;!?()[\]{}<>"'`|\\]/g, '\\$&')} `);
  };
  return (
    <Command.Group heading={t('palette.files')} forceMount className={GROUP}>
      {paths.map((path) => (
        <Command.Item key={path} value={`file ${path}`} onSelect={run(() => mention(path))} className={ROW}>
          <span className="min-w-0 truncate font-mono text-code">{path}</span>
        </Command.Item>
      ))}
    </Command.Group>
  );
}

function Meta({ children }: { readonly children: ReactNode }) {
  return <span className="shrink-0 text-meta text-text-3">{children}</span>;
}
