import type { ProjectId } from '../../../preload/contract/index.ts';
import { useHost } from '../../stores/index.ts';
import { Button } from '../../ui/index.ts';
import { t } from '../../i18n.ts';
import type { SessionList } from './use-session-list.ts';
import type { TextSearch } from './use-text-search.ts';

export interface HistoryStatusProps {
  readonly list: SessionList;
  readonly search: TextSearch;
  readonly query: string;
  /** What the keys do. */
  readonly hint: string;
}

/** One line below the field: the number of results, the progress of the search, or an error. Its height never changes. */
export function HistoryStatus({ list, search, query, hint }: HistoryStatusProps) {
  return (
    <div className="mt-1.5 flex min-h-7 flex-wrap items-center gap-x-3 px-1 text-meta text-text-3">
      <span role="status" className="min-w-0 truncate">
        {textOf(list, search, query)}
      </span>
      {search.state === 'paused' && (
        <Button look="quiet" className="text-meta" onClick={search.goOn}>
          {t('history.moreHits')}
        </Button>
      )}
      {search.state === 'failed' && (
        <span role="alert" className="inline-flex items-center gap-2 text-err">
          {`${t('history.searchFailed')} ${search.error ?? ''}`}
          <Button look="quiet" className="text-meta" onClick={search.goOn}>
            {t('common.tryAgain')}
          </Button>
        </span>
      )}
      {list.failed.length > 0 && <Failed ids={list.failed} onRetry={list.retry} />}
      <span className="ml-auto shrink-0 max-[899.9px]:hidden">{hint}</span>
    </div>
  );
}

function textOf(list: SessionList, search: TextSearch, query: string): string {
  if (query === '' || search.state === 'idle') return list.loading ? t('history.loading') : t('history.count', { count: list.total });
  if (search.state === 'searching' || search.state === 'paused')
    return t('history.searching', { searched: search.searchedSessions, total: search.totalSessions });
  return search.state === 'done' ? t('history.searched', { hits: search.hits.length, total: search.totalSessions }) : '';
}

function Failed({ ids, onRetry }: { readonly ids: readonly ProjectId[]; readonly onRetry: () => void }) {
  const names = useHost((host) => ids.map((id) => host.projects[id]?.name ?? id).join(', '));
  return (
    <span role="alert" className="inline-flex min-w-0 items-center gap-2 text-err">
      <span className="truncate">{t('history.failed', { name: names })}</span>
      <Button look="quiet" className="text-meta" onClick={onRetry}>
        {t('common.tryAgain')}
      </Button>
    </span>
  );
}
