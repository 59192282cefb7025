import type { SessionId } from '../../../preload/contract/index.ts';
import { useView } from '../../stores/index.ts';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/index.ts';
import { TodoList, type Todos } from './transcript/TodoList.tsx';

/** The latest todo list of the session. */
export function PlanPanel({ sessionId }: { readonly sessionId: SessionId | undefined }) {
  const todos = useView<Todos | undefined>(
    sessionId,
    (view) => {
      const last = view.order.map((id) => view.items[id]).findLast((item) => item?.kind === 'tool' && item.display.kind === 'todos');
      return last?.kind === 'tool' && last.display.kind === 'todos' ? last.display.todos : undefined;
    },
    undefined,
  );
  if (!todos || todos.length === 0) return <EmptyState title={t('plan.none')}>{t('plan.noneDetail')}</EmptyState>;
  const done = todos.filter((todo) => todo.status === 'completed').length;
  return (
    <div className="overflow-y-auto px-3 py-2.5">
      <p className="pb-2 text-meta text-text-3">{t('plan.done', { done, all: todos.length })}</p>
      <TodoList todos={todos} />
    </div>
  );
}
