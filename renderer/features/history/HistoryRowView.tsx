import { ChevronDown, Ellipsis, Folder, Lock, MessageSquare } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import type { SessionHit, SessionSummary } from '../../../preload/contract/index.ts';
import { useHost } from '../../stores/index.ts';
import { t } from '../../i18n.ts';
import { formatAge, Menu } from '../../ui/index.ts';
import type { HistoryRow } from './history-rows.ts';
import { Mark, Marked } from './Marked.tsx';
import { ArchivedMenuItems, SessionMenuItems } from './SessionMenuItems.tsx';

export interface HistoryRowViewProps {
  readonly row: HistoryRow;
  readonly query: string;
  readonly nowMs: number;
  /** For a list with sessions of several folders. */
  readonly showsFolder: boolean;
  /** For the list of archived sessions. */
  readonly archived: boolean;
  readonly menuOpen: boolean;
  readonly onMenu: (key: string | undefined) => void;
  readonly onOpen: (row: HistoryRow) => void;
  readonly onRename: (row: HistoryRow) => void;
}

/** The content of a row; the row itself belongs to the list. Renders again only when its content changes. */
export const HistoryRowView = memo(function HistoryRowView(props: HistoryRowViewProps) {
  const { row } = props;
  switch (row.kind) {
    case 'heading':
      return <div className="flex h-full items-end px-3 pb-1.5 text-meta text-text-3">{row.label}</div>;
    case 'session':
      return <SessionCells {...props} session={row.session} />;
    case 'more_titles':
      return (
        <Line icon={<ChevronDown size={14} strokeWidth={1.6} aria-hidden />}>
          <span className="text-text-2">{t('history.moreTitles', { count: row.count })}</span>
        </Line>
      );
    case 'hit_session':
      return (
        <Line icon={<MessageSquare size={14} strokeWidth={1.6} aria-hidden />} age={formatAge(row.hit.updatedAtMs, props.nowMs)}>
          <span className="font-[550] text-text-1">{row.hit.title || t('common.untitled')}</span>
          {props.showsFolder && <span className="ml-2 text-meta text-text-3">{folderName(row.hit.cwd)}</span>}
        </Line>
      );
    case 'hit':
      return <Snippet hit={row.hit} />;
  }
});

const folderName = (path: string) => path.split(/[\\/]/).findLast((part) => part !== '') ?? path;

function Line({ icon, age, children }: { readonly icon: ReactNode; readonly age?: string; readonly children: ReactNode }) {
  return (
    <div className="flex h-full items-center gap-2.5 px-3 text-row">
      <span className="grid w-4 shrink-0 place-items-center text-text-3">{icon}</span>
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {age !== undefined && <span className="shrink-0 text-meta text-text-3">{age}</span>}
    </div>
  );
}

/** How much text is shown before the match, so that the match is visible. Unit: characters. */
const BEFORE_CHARS = 36;

function Snippet({ hit }: { readonly hit: SessionHit }) {
  const { before, match, after } = hit.snippet;
  const lead = before.length > BEFORE_CHARS ? `…${before.slice(-BEFORE_CHARS)}` : before;
  return (
    <div className="flex h-full items-center gap-2.5 pr-3 pl-[42px] text-row text-text-2">
      <span className="w-[46px] shrink-0 text-meta text-text-3">{t(`history.role.${hit.role}`)}</span>
      <span className="min-w-0 flex-1 truncate">
        {lead}
        <Mark>{match}</Mark>
        {after}
      </span>
    </div>
  );
}

const DOTS: Record<SessionSummary['state'], string> = {
  running: 'size-2.5 border-[1.5px] border-run border-r-transparent animate-spin',
  needs_you: 'size-2 bg-warn',
  idle: 'size-2 bg-idle opacity-55',
};

function SessionCells({
  row,
  session,
  query,
  nowMs,
  showsFolder,
  archived,
  menuOpen,
  onMenu,
  onOpen,
  onRename,
}: HistoryRowViewProps & { readonly session: SessionSummary }) {
  const folder = useHost((host) => host.projects[session.projectId]?.name);
  const title = session.title || t('common.untitled');
  const state = t(`history.state.${session.state}`);
  const more = {
    type: 'button',
    tabIndex: -1,
    'aria-label': t('history.rowMenu', { title }),
    className: 'grid size-[28px] place-items-center rounded-md text-text-2 hover:bg-wash-2 hover:text-text-1',
    children: <Ellipsis size={14} aria-hidden />,
  } as const;
  return (
    <div className="group/row flex h-full items-center gap-2.5 pr-1.5 pl-3 text-row">
      <span className="grid w-4 shrink-0 place-items-center">
        <span className={`rounded-full ${DOTS[session.state]}`} />
      </span>
      <span className="min-w-0 flex-1">
        <span className="block truncate text-text-1">
          <Marked text={title} query={query} />
        </span>
        <span className="flex min-w-0 items-center gap-2.5 text-meta whitespace-nowrap text-text-3">
          {state !== '' && <span className={session.state === 'needs_you' ? 'text-warn' : 'text-run'}>{state}</span>}
          {showsFolder && folder !== undefined && (
            <span className="inline-flex shrink-0 items-center gap-1">
              <Folder size={12} strokeWidth={1.6} aria-hidden />
              {folder}
            </span>
          )}
          {session.modelId !== undefined && <span className="max-w-[40%] shrink-0 truncate">{session.modelId}</span>}
          {session.heldBy && (
            <span className="inline-flex shrink-0 items-center gap-1 text-warn">
              <Lock size={12} strokeWidth={1.6} aria-hidden />
              {t('history.held', { host: session.heldBy.host })}
            </span>
          )}
          {session.firstPrompt !== undefined && <span className="min-w-0 truncate">{session.firstPrompt}</span>}
        </span>
      </span>
      <span className="shrink-0 text-meta text-text-3">{formatAge(session.updatedAtMs, nowMs)}</span>
      <span
        className={`opacity-0 group-hover/row:opacity-100 group-data-[active=true]/line:opacity-100 ${menuOpen ? 'opacity-100' : ''}`}
        // The list's own click opens the session.
        onClick={(event) => event.stopPropagation()}
      >
        {menuOpen ? (
          <Menu align="end" open onOpenChange={(open) => onMenu(open ? row.key : undefined)} trigger={<button {...more} />}>
            {archived ? (
              <ArchivedMenuItems session={session} />
            ) : (
              <SessionMenuItems session={session} onOpen={() => onOpen(row)} onRename={() => onRename(row)} />
            )}
          </Menu>
        ) : (
          // Building a menu for every row would be most of the work of a scroll.
          <button {...more} aria-haspopup="menu" onClick={() => onMenu(row.key)} />
        )}
      </span>
    </div>
  );
}
