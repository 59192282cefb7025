import { Ellipsis, Folder, FolderX, Plus } from 'lucide-react';
import type { ProjectSummary } from '../../../preload/contract/index.ts';
import { useActions, useHost, useSessionsOfProject, useUi } from '../../stores/index.ts';
import { t } from '../../i18n.ts';
import { Button, IconButton, Menu, MenuItem, Tooltip } from '../../ui/index.ts';
import { LazyCloseDialog } from './LazyCloseDialog.tsx';
import { SidebarSession } from './SidebarSession.tsx';
import { useClosing } from './use-closing.ts';

/** The list of all sessions contains the older ones. */
const FIRST_SESSIONS = 12;

export interface SidebarProjectProps {
  readonly project: ProjectSummary;
  /** Lower case; an empty filter matches everything. */
  readonly filter: string;
}

/** A folder and its sessions. */
export function SidebarProject({ project, filter }: SidebarProjectProps) {
  const sessions = useSessionsOfProject(project.id);
  const loaded = useHost((host) => host.sessionsLoaded[project.id] === true);
  const activeSessionId = useUi((ui) => ui.activeSessionId);
  const active = useUi((ui) => ui.activeProjectId === project.id);
  const showSession = useUi((ui) => ui.showSession);
  const { newSession, forgetProject } = useActions();
  const showHistory = useUi((ui) => ui.showHistory);
  const closing = useClosing(sessions, () => forgetProject(project.id));

  const matching = filter === '' ? sessions : sessions.filter((session) => session.title.toLowerCase().includes(filter));
  const shown = filter === '' ? matching.slice(0, FIRST_SESSIONS) : matching;
  const Icon = project.exists ? Folder : FolderX;
  return (
    <section aria-label={project.name} className="group/project mt-2">
      <div className="flex h-7 items-center text-meta normal-nums text-text-3">
        <Tooltip label={project.exists ? project.path : t('sidebar.gone')}>
          <button
            type="button"
            onClick={() => showSession(project.id, undefined)}
            className={`flex h-7 min-w-0 flex-1 items-center gap-1.5 rounded-md pl-2 text-left hover:text-text-1 ${active ? 'text-text-2' : ''}`}
          >
            <Icon size={14} strokeWidth={1.6} aria-hidden className="shrink-0" />
            <span className="truncate">{project.name}</span>
            {project.branch !== undefined && (
              <span className="ml-auto max-w-[45%] truncate pr-2 group-focus-within/project:pr-1 group-hover/project:pr-1">
                {project.branch}
              </span>
            )}
          </button>
        </Tooltip>
        <div className="hidden shrink-0 group-focus-within/project:flex group-hover/project:flex has-data-[state=open]:flex">
          <Menu
            align="end"
            trigger={<IconButton label={t('sidebar.projectMenu', { name: project.name })} icon={<Ellipsis size={14} aria-hidden />} />}
          >
            <MenuItem onSelect={() => closing.ask()}>{t('sidebar.forget')}</MenuItem>
          </Menu>
          <IconButton
            label={t('sidebar.newIn', { name: project.name })}
            icon={<Plus size={14} aria-hidden />}
            disabled={!project.exists}
            onClick={() => newSession(project.id)}
          />
        </div>
      </div>
      <ul className="flex flex-col gap-0.5">
        {shown.map((session) => (
          <SidebarSession key={session.id} session={session} active={session.id === activeSessionId} />
        ))}
      </ul>
      {closing.isAsking && <LazyCloseDialog what={project.name} closing={closing} />}
      {shown.length < matching.length && (
        <Button look="quiet" className="ml-4 h-7 text-meta" onClick={() => showHistory(project.id)}>
          {t('sidebar.showAll')}
        </Button>
      )}
      {loaded && matching.length === 0 && (
        <p className="px-2 py-1 pl-[26px] text-meta text-text-3">{filter === '' ? t('sidebar.none') : t('sidebar.noMatch')}</p>
      )}
    </section>
  );
}
