import { RotateCcw } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import type { DeletedSession, ProjectId, ProjectSummary } from '../../../preload/contract/index.ts';
import { errorText, useActions, useClient, useConnection, useProjects } from '../../stores/index.ts';
import { t } from '../../i18n.ts';
import { Button, EmptyState, formatAge, useNow } from '../../ui/index.ts';
import { ListSkeleton } from './ListSkeleton.tsx';

const AGE_TICK_MS = 60_000;
const DAY_MS = 24 * 3_600_000;

interface Deleted extends DeletedSession {
  readonly project: ProjectSummary;
}

/** Sessions deleted in the last 30 days, of all folders, latest first. */
export function TrashList() {
  const { deleted, error, reload } = useDeleted();
  const { restoreSession } = useActions();
  const nowMs = useNow(AGE_TICK_MS);
  const restore = async (projectId: ProjectId, token: string) => {
    await restoreSession(projectId, token);
    reload();
  };
  return (
    <div className="min-h-0 flex-1 overflow-y-auto px-6 py-6">
      <div className="mx-auto max-w-[860px]">
        <h2 className="text-title font-semibold">{t('history.trash.title')}</h2>
        <p className="mt-1 mb-4 text-text-2">{t('history.trash.detail')}</p>
        {error !== undefined && (
          <p role="alert" className="flex items-center gap-2 text-row text-err">
            {error}
            <Button look="quiet" onClick={reload}>
              {t('common.tryAgain')}
            </Button>
          </p>
        )}
        {deleted?.length === 0 && <EmptyState title={t('history.trash.none')} />}
        {deleted === undefined && error === undefined && <ListSkeleton />}
        <ul aria-label={t('history.trash.title')}>
          {deleted?.map(({ token, title, project, deletedAtMs, keptUntilMs }) => (
            <li key={token} className="flex min-h-12 items-center gap-3 rounded-md px-3 text-row hover:bg-wash">
              <span className="min-w-0 flex-1">
                <span className="block truncate">{title || t('common.untitled')}</span>
                <span className="block truncate text-meta text-text-3">
                  {`${project.name} · ${formatAge(deletedAtMs, nowMs)} · ${t('history.trash.kept', { days: Math.max(0, Math.floor((keptUntilMs - nowMs) / DAY_MS)) })}`}
                </span>
              </span>
              <Button
                icon={<RotateCcw size={14} strokeWidth={1.6} aria-hidden />}
                aria-label={t('history.trash.restoreLabel', { title: title || t('common.untitled') })}
                onClick={() => restore(project.id, token)}
              >
                {t('history.trash.restore')}
              </Button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function useDeleted() {
  const client = useClient();
  const connected = useConnection().kind === 'ready';
  const projects = useProjects();
  const [deleted, setDeleted] = useState<readonly Deleted[]>();
  const [error, setError] = useState<string>();
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!connected) return;
    let current = true;
    const asked = projects.map(async (project) => {
      const answer = await client.request('session.listDeleted', { projectId: project.id });
      return answer.deleted.map((one) => ({ ...one, project }));
    });
    Promise.all(asked).then(
      (lists) => {
        if (!current) return;
        setDeleted(lists.flat().toSorted((a, b) => b.deletedAtMs - a.deletedAtMs));
        setError(undefined);
      },
      (reason: unknown) => current && setError(errorText(reason)),
    );
    return () => {
      current = false;
    };
  }, [client, connected, projects, turn]);
  const reload = useCallback(() => setTurn((now) => now + 1), []);
  return { deleted, error, reload };
}
