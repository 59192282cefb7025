import { FolderPlus, Plus, Search } from 'lucide-react';
import { useState } from 'react';
import { useActions, useHost, useProjects, useUi } from '../../stores/index.ts';
import { t } from '../../i18n.ts';
import { Kbd, keyLabel } from '../../ui/index.ts';
import { SidebarProject } from './SidebarProject.tsx';
import { SidebarResizer } from './SidebarResizer.tsx';

/** Folders and their sessions, newest first. */
export function Sidebar() {
  const projects = useProjects();
  const loaded = useHost((host) => host.projectsLoaded);
  const widthPx = useUi((ui) => ui.sidebarWidthPx);
  const { newSession, pickFolder } = useActions();
  const showHistory = useUi((ui) => ui.showHistory);
  const [filter, setFilter] = useState('');
  return (
    <nav
      aria-label={t('frame.sidebar')}
      style={{ width: widthPx }}
      className="relative flex min-h-0 shrink-0 flex-col border-r border-border bg-sidebar px-2 pt-2.5 text-row"
    >
      <div className="mb-2 flex h-[30px] shrink-0 items-center rounded-md border border-border bg-canvas pr-1 pl-2.5 text-text-3 focus-within:border-accent">
        <label className="flex min-w-0 flex-1 items-center gap-2">
          <Search size={15} strokeWidth={1.6} aria-hidden className="shrink-0" />
          <input
            type="search"
            data-pane="sidebar"
            aria-label={t('sidebar.search')}
            placeholder={t('sidebar.search')}
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
            onKeyDown={(event) => {
              if (filter === '') return;
              if (event.key === 'Enter') showHistory(undefined, filter.trim());
              if (event.key !== 'Escape') return;
              event.preventDefault();
              setFilter('');
            }}
            className="min-w-0 flex-1 bg-transparent text-text-1 outline-none [&::-webkit-search-cancel-button]:hidden"
          />
        </label>
        <button
          type="button"
          aria-label={t('sidebar.searchAll')}
          title={t('sidebar.searchAll')}
          onClick={() => showHistory(undefined, filter.trim())}
          className="grid h-6 min-w-6 place-items-center rounded px-0.5 hover:bg-wash"
        >
          <Kbd>{keyLabel('Mod Shift F')}</Kbd>
        </button>
      </div>
      <button
        type="button"
        onClick={() => newSession()}
        className="flex h-[30px] shrink-0 items-center gap-2.5 rounded-md px-2 text-left text-text-1 hover:bg-wash"
      >
        <Plus size={15} strokeWidth={1.6} aria-hidden className="shrink-0" />
        <span className="flex-1">{t('sidebar.newSession')}</span>
        <Kbd>{keyLabel('Mod N')}</Kbd>
      </button>
      <div className="-mx-2 min-h-0 flex-1 overflow-y-auto px-2 pb-2">
        {projects.map((project) => (
          <SidebarProject key={project.id} project={project} filter={filter.trim().toLowerCase()} />
        ))}
        {loaded && projects.length === 0 && <p className="px-2 py-3 text-meta text-text-3">{t('sidebar.noProject')}</p>}
      </div>
      <div className="-mx-2 flex h-10 shrink-0 items-center border-t border-border px-2">
        <button
          type="button"
          onClick={() => pickFolder()}
          className="flex h-[30px] flex-1 items-center gap-2.5 rounded-md px-2 text-left text-text-2 hover:bg-wash hover:text-text-1"
        >
          <FolderPlus size={15} strokeWidth={1.6} aria-hidden className="shrink-0" />
          <span className="flex-1">{t('sidebar.openFolder')}</span>
          <Kbd>{keyLabel('Mod O')}</Kbd>
        </button>
      </div>
      <SidebarResizer widthPx={widthPx} />
    </nav>
  );
}
