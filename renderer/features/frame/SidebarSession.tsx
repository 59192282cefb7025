import { CircleX, Ellipsis, Pin } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import type { SessionSummary } from '../../../preload/contract/index.ts';
import { useActions, useUi } from '../../stores/index.ts';
import { t } from '../../i18n.ts';
import { formatAge, IconButton, Menu, MenuItem, useNow } from '../../ui/index.ts';
import { RenameDialog, SessionMenuItems } from '../history/index.ts';
import { LazyCloseDialog } from './LazyCloseDialog.tsx';
import { type SessionDot, sessionDot } from './session-dot.ts';
import { useClosing } from './use-closing.ts';

/** The finest unit of an age is the minute. Unit: ms. */
const AGE_TICK_MS = 30_000;

const DOTS: Record<SessionDot, string> = {
  running: 'size-2.5 border-[1.5px] border-run border-r-transparent animate-spin',
  needs_you: 'size-2 bg-warn',
  unread: 'size-2 bg-accent',
  idle: 'size-2 bg-idle opacity-55',
};

/** One session: state, title, age. Its menu appears on hover, on focus, and on right click. */
export function SidebarSession({ session, active }: { readonly session: SessionSummary; readonly active: boolean }) {
  const { openSession, deleteSession } = useActions();
  const seen = useUi((ui) => ui.seenTurns[session.id]);
  const nowMs = useNow(AGE_TICK_MS);
  const [menuOpen, setMenuOpen] = useState(false);
  const [renaming, setRenaming] = useState(false);
  const closing = useClosing([session]);
  const dot = sessionDot(session, seen, active);
  const title = session.title || t('common.untitled');
  return (
    <li
      className={`group/session relative flex h-[30px] items-center rounded-md ${active ? 'bg-wash-2 text-text-1' : 'text-text-2 hover:bg-wash'}`}
      onContextMenu={(event) => {
        event.preventDefault();
        setMenuOpen(true);
      }}
    >
      <button
        type="button"
        aria-current={active}
        onClick={() => openSession(session.projectId, session.id)}
        onKeyDown={(event: KeyboardEvent) => {
          if (event.key === 'F2') setRenaming(true);
          if (event.key === 'Delete') void deleteSession(session);
        }}
        className="flex h-full min-w-0 flex-1 items-center gap-2.5 rounded-md pl-2 text-left"
      >
        <span className="grid w-2.5 shrink-0 place-items-center">
          <span className={`rounded-full ${DOTS[dot]}`} />
        </span>
        <span className="sr-only">{t(`sidebar.state.${dot}`)}: </span>
        <span className="min-w-0 flex-1 truncate" title={title}>
          {title}
        </span>
        {typeof session.pinnedAtMs === 'number' && (
          <Pin size={12} strokeWidth={1.6} role="img" aria-label={t('sidebar.pinned')} className="shrink-0 text-text-3" />
        )}
        <span
          className={`shrink-0 pr-2 text-meta text-text-3 group-focus-within/session:invisible group-hover/session:invisible ${menuOpen ? 'invisible' : ''}`}
        >
          {formatAge(session.updatedAtMs, nowMs)}
        </span>
      </button>
      <div
        className={`absolute right-0.5 opacity-0 group-focus-within/session:opacity-100 group-hover/session:opacity-100 ${menuOpen ? 'opacity-100' : ''}`}
      >
        <Menu
          align="end"
          open={menuOpen}
          onOpenChange={setMenuOpen}
          trigger={
            <IconButton label={t('sidebar.sessionMenu', { title })} icon={<Ellipsis size={14} aria-hidden />} className="size-[26px]" />
          }
        >
          <SessionMenuItems session={session} onRename={() => setRenaming(true)}>
            {(active || closing.isAtWork) && (
              <MenuItem icon={<CircleX size={14} aria-hidden />} onSelect={() => closing.ask()}>
                {t('sidebar.close')}
              </MenuItem>
            )}
          </SessionMenuItems>
        </Menu>
      </div>
      {closing.isAsking && <LazyCloseDialog what={title} closing={closing} />}
      {renaming && <RenameDialog session={session} onClose={() => setRenaming(false)} />}
    </li>
  );
}
