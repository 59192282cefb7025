import { GitBranch, ShieldOff } from 'lucide-react';
import type { ReactNode } from 'react';
import {
  useActiveProject,
  useActiveSessionId,
  useProviders,
  useRunningTaskCount,
  useSettings,
  useUi,
  useView,
} from '../../stores/index.ts';
import { t } from '../../i18n.ts';
import { formatTokens } from '../../ui/index.ts';
import { contextPercent, modelName } from '../session/index.ts';

/** 24 px at the bottom: folder, mode, model, context in use, running tasks. */
export function StatusBar() {
  const project = useActiveProject();
  const sessionId = useActiveSessionId();
  const { providers } = useProviders();
  const settings = useSettings();
  const mode = useView(sessionId, (view) => view.mode, settings?.approvalMode);
  const model = useView(sessionId, (view) => view.model, settings?.defaultModel);
  const context = useView(sessionId, (view) => view.context, undefined);
  const percent = context && contextPercent(context);
  return (
    <footer
      aria-label={t('frame.status')}
      className="flex h-6 shrink-0 items-center gap-4 overflow-hidden border-t border-border bg-sidebar px-3 text-meta whitespace-nowrap text-text-3"
    >
      {project?.branch !== undefined && (
        <Part>
          <GitBranch size={13} strokeWidth={1.6} aria-hidden />
          {project.branch}
        </Part>
      )}
      {project?.trust === 'untrusted' && (
        <Part>
          <ShieldOff size={13} strokeWidth={1.6} aria-hidden className="text-warn" />
          {t('status.untrusted')}
        </Part>
      )}
      {project && mode && <Part>{t(`modes.${mode}.name`)}</Part>}
      {project && settings && <Part>{modelName(providers, model) ?? t('status.noModel')}</Part>}
      <span className="ml-auto" />
      {context && percent !== undefined && <Part>{t('status.context', { percent, window: formatTokens(context.windowTokens) })}</Part>}
      <RunningTasks />
    </footer>
  );
}

function Part({ children }: { readonly children: ReactNode }) {
  return <span className="inline-flex min-w-0 items-center gap-1.5">{children}</span>;
}

function RunningTasks() {
  const running = useRunningTaskCount();
  const setPanel = useUi((ui) => ui.setPanel);
  if (running === 0) return null;
  return (
    <button type="button" onClick={() => setPanel('tasks')} className="h-6 text-run hover:underline focus-visible:outline-offset-[-2px]">
      {t('status.tasks', { count: running })}
    </button>
  );
}
