import { Search } from 'lucide-react';
import { useState } from 'react';
import type { ItemId, SessionId } from '../../../../preload/contract/index.ts';
import { useItems } from '../../../stores/index.ts';
import { t } from '../../../i18n.ts';
import { Collapsible, formatDuration } from '../../../ui/index.ts';
import { Item } from './Item.tsx';
import { countLooks } from './rows.ts';

/** Consecutive finished reads and searches as one row, which expands to the calls. */
export function ExploredRow({ sessionId, ids }: { readonly sessionId: SessionId; readonly ids: readonly ItemId[] }) {
  const [open, setOpen] = useState(false);
  const items = useItems(sessionId, ids);
  const tools = items.filter((item) => item.kind === 'tool');
  const ms = tools.reduce((sum, item) => sum + Math.max(0, (item.endedAtMs ?? item.startedAtMs) - item.startedAtMs), 0);
  return (
    <Collapsible
      open={open}
      onToggle={() => setOpen(!open)}
      icon={<Search size={15} strokeWidth={1.6} aria-hidden />}
      summary={
        <>
          {t('tool.explored')} <span className="font-medium text-text-1">{t('tool.looks', countLooks(items))}</span>
          <span className="ml-auto text-meta text-text-3">{ms >= 100 ? formatDuration(ms, true) : ''}</span>
        </>
      }
    >
      <div className="ml-[17px] border-l border-border pl-2">
        {ids.map((id) => (
          <Item key={id} sessionId={sessionId} id={id} />
        ))}
      </div>
    </Collapsible>
  );
}
