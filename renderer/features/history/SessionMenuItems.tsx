import { Archive, ArchiveRestore, Copy, Download, FolderOpen, GitFork, MessageSquare, Pencil, Pin, PinOff, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { ExportFormat, type SessionSummary } from '../../../preload/contract/index.ts';
import { useHost } from '../../stores/index.ts';
import { MenuItem, MenuLabel, MenuSeparator } from '../../ui/index.ts';
import { t } from '../../i18n.ts';
import { useSessionCommands } from './use-session-commands.ts';

export interface SessionMenuItemsProps {
  readonly session: SessionSummary;
  /** Absent if the session can be opened with one click anyway. */
  readonly onOpen?: () => void;
  readonly onRename: () => void;
  /** Actions that only this list offers. */
  readonly children?: ReactNode;
}

const icon = { size: 14, strokeWidth: 1.6, 'aria-hidden': true } as const;

/** The items of a session's menu, the same wherever it is listed. */
export function SessionMenuItems({ session, onOpen, onRename, children }: SessionMenuItemsProps) {
  const { exportAs, copyId, copyPath, reveal, branch, pin, archive, remove } = useSessionCommands();
  const canReveal = useHost((host) => host.app?.canRevealFiles === true);
  const isPinned = typeof session.pinnedAtMs === 'number';
  return (
    <>
      {onOpen && (
        <MenuItem icon={<MessageSquare {...icon} />} onSelect={onOpen}>
          {t('common.open')}
        </MenuItem>
      )}
      <MenuItem icon={<Pencil {...icon} />} onSelect={onRename}>
        {t('history.menu.rename')}
      </MenuItem>
      <MenuItem icon={isPinned ? <PinOff {...icon} /> : <Pin {...icon} />} onSelect={() => pin(session, !isPinned)}>
        {isPinned ? t('history.menu.unpin') : t('history.menu.pin')}
      </MenuItem>
      <MenuItem icon={<GitFork {...icon} />} onSelect={() => branch(session)}>
        {t('history.menu.branch')}
      </MenuItem>
      <MenuItem icon={<Copy {...icon} />} onSelect={() => copyId(session)}>
        {t('history.menu.copyId')}
      </MenuItem>
      {canReveal ? (
        <MenuItem icon={<FolderOpen {...icon} />} onSelect={() => reveal(session)}>
          {t('history.menu.reveal')}
        </MenuItem>
      ) : (
        <MenuItem icon={<Copy {...icon} />} onSelect={() => copyPath(session)}>
          {t('history.menu.copyPath')}
        </MenuItem>
      )}
      {children}
      <MenuSeparator />
      <MenuLabel>{t('history.menu.exportAs')}</MenuLabel>
      {ExportFormat.options.map((format) => (
        <MenuItem key={format} icon={<Download {...icon} />} onSelect={() => exportAs(session, format)}>
          {t(`history.menu.format.${format}`)}
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem icon={<Archive {...icon} />} onSelect={() => archive(session)}>
        {t('history.menu.archive')}
      </MenuItem>
      <MenuItem tone="err" icon={<Trash2 {...icon} />} onSelect={() => remove(session)}>
        {t('common.delete')}
      </MenuItem>
    </>
  );
}

/** The menu items of an archived session. */
export function ArchivedMenuItems({ session }: Pick<SessionMenuItemsProps, 'session'>) {
  const { copyId, unarchive } = useSessionCommands();
  return (
    <>
      <MenuItem icon={<MessageSquare {...icon} />} onSelect={() => unarchive(session, true)}>
        {t('history.menu.openArchived')}
      </MenuItem>
      <MenuItem icon={<ArchiveRestore {...icon} />} onSelect={() => unarchive(session, false)}>
        {t('history.menu.unarchive')}
      </MenuItem>
      <MenuItem icon={<Copy {...icon} />} onSelect={() => copyId(session)}>
        {t('history.menu.copyId')}
      </MenuItem>
    </>
  );
}
