import { Archive, ArrowLeft, Folder, FolderX, Layers, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ProjectId } from '../../../preload/contract/index.ts';
import { useProjects } from '../../stores/index.ts';
import { t } from '../../i18n.ts';

/** What the list shows: the sessions of all folders or of one, archived sessions, or the trash. */
export type HistoryPlace =
  | { readonly kind: 'all' }
  | { readonly kind: 'folder'; readonly projectId: ProjectId }
  | { readonly kind: 'archive' }
  | { readonly kind: 'trash' };

export interface HistoryNavProps {
  readonly place: HistoryPlace;
  readonly onPlace: (place: HistoryPlace) => void;
  readonly onClose: () => void;
}

const ROW = 'flex h-[30px] w-full shrink-0 items-center gap-2.5 rounded-md px-2.5 text-left text-row hover:bg-wash';
const icon = { size: 15, strokeWidth: 1.6, 'aria-hidden': true, className: 'shrink-0' } as const;

export function HistoryNav({ place, onPlace, onClose }: HistoryNavProps) {
  const projects = useProjects();
  return (
    <nav
      aria-label={t('history.nav')}
      className="flex w-[264px] shrink-0 flex-col gap-0.5 overflow-y-auto border-r border-border bg-sidebar px-2 py-2.5 max-[899.9px]:w-[184px]"
    >
      <button type="button" className={`${ROW} mb-1.5 text-text-2`} onClick={onClose}>
        <ArrowLeft {...icon} />
        {t('common.back')}
      </button>
      <Place current={place.kind === 'all'} onClick={() => onPlace({ kind: 'all' })} icon={<Layers {...icon} />}>
        {t('history.allFolders')}
      </Place>
      {projects.map((project) => (
        <Place
          key={project.id}
          current={place.kind === 'folder' && place.projectId === project.id}
          onClick={() => onPlace({ kind: 'folder', projectId: project.id })}
          icon={project.exists ? <Folder {...icon} /> : <FolderX {...icon} />}
        >
          {project.name}
        </Place>
      ))}
      <div className="mt-2" />
      <Place current={place.kind === 'archive'} onClick={() => onPlace({ kind: 'archive' })} icon={<Archive {...icon} />}>
        {t('history.archived')}
      </Place>
      <Place current={place.kind === 'trash'} onClick={() => onPlace({ kind: 'trash' })} icon={<Trash2 {...icon} />}>
        {t('history.deleted')}
      </Place>
    </nav>
  );
}

interface PlaceProps {
  readonly current: boolean;
  readonly onClick: () => void;
  readonly icon: ReactNode;
  readonly children: string;
}

function Place({ current, onClick, icon: picture, children }: PlaceProps) {
  return (
    <button
      type="button"
      aria-current={current ? 'page' : undefined}
      onClick={onClick}
      title={children}
      className={`${ROW} ${current ? 'bg-wash-2 text-text-1' : 'text-text-2'}`}
    >
      {picture}
      <span className="min-w-0 truncate">{children}</span>
    </button>
  );
}
