import { Copy, Ellipsis, GitFork, History, Pencil } from 'lucide-react';
import { useState } from 'react';
import type { SessionId, UserItem } from '../../../../preload/contract/index.ts';
import { useActions, useClient, useSessionSummary, useView } from '../../../stores/index.ts';
import { t } from '../text.ts';
import { IconButton, Menu, MenuItem } from '../../../ui/index.ts';
import { wholeText } from '../whole-text.ts';
import { RewindDialog } from './RewindDialog.tsx';

export interface UserMessageMenuProps {
  readonly sessionId: SessionId;
  readonly item: UserItem;
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
}

const icon = { size: 14, strokeWidth: 1.6, 'aria-hidden': true } as const;

/** The actions for a user message. */
export function UserMessageMenu({ sessionId, item, open, onOpen }: UserMessageMenuProps) {
  const client = useClient();
  const { id: itemId } = item;
  const session = useSessionSummary(sessionId);
  const held = useView(sessionId, (view) => view.heldBy !== undefined, false);
  const { branchSession } = useActions();
  const [rewind, setRewind] = useState<'rewind' | 'edit'>();
  const fixed = held || session?.state !== 'idle';
  return (
    <>
      <Menu
        align="end"
        open={open}
        onOpenChange={onOpen}
        trigger={<IconButton label={t('session.messageMenu')} icon={<Ellipsis {...icon} />} className="size-[26px] bg-raised" />}
      >
        <MenuItem
          icon={<Copy {...icon} />}
          onSelect={() =>
            void wholeText(client, sessionId, item)
              .then((text) => navigator.clipboard.writeText(text))
              .catch(() => undefined)
          }
        >
          {t('common.copy')}
        </MenuItem>
        <MenuItem icon={<GitFork {...icon} />} disabled={!session} onSelect={() => session && void branchSession(session, itemId)}>
          {t('session.branchHere')}
        </MenuItem>
        <MenuItem icon={<Pencil {...icon} />} disabled={fixed} onSelect={() => setRewind('edit')}>
          {t('session.editMessage')}
        </MenuItem>
        <MenuItem icon={<History {...icon} />} disabled={fixed} onSelect={() => setRewind('rewind')}>
          {t('session.rewindHere')}
        </MenuItem>
        {fixed && !held && <p className="max-w-56 px-2 py-1 text-meta text-text-3">{t('session.busy')}</p>}
      </Menu>
      {rewind && <RewindDialog sessionId={sessionId} itemId={itemId} purpose={rewind} onClose={() => setRewind(undefined)} />}
    </>
  );
}
