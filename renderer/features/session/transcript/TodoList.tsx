import { Circle, CircleCheck, CircleDot } from 'lucide-react';
import type { ToolDisplay } from '../../../../preload/contract/index.ts';
import { t } from '../../../i18n.ts';

export type Todos = Extract<ToolDisplay, { kind: 'todos' }>['todos'];

const MARKS = {
  pending: <Circle size={15} strokeWidth={1.6} className="text-text-3" aria-hidden />,
  in_progress: <CircleDot size={15} strokeWidth={1.6} className="text-run" aria-hidden />,
  completed: <CircleCheck size={15} strokeWidth={1.6} className="text-ok" aria-hidden />,
};

export function TodoList({ todos }: { readonly todos: Todos }) {
  return (
    <ul className="flex flex-col gap-1 text-row">
      {todos.map((todo) => (
        <li key={todo.id} className="flex items-start gap-2">
          <span className="grid h-5 place-items-center">{MARKS[todo.status]}</span>
          <span className="sr-only">{t(`plan.status.${todo.status}`)}: </span>
          <span className={todo.status === 'completed' ? 'text-text-3 line-through' : 'text-text-1'}>{todo.content}</span>
        </li>
      ))}
    </ul>
  );
}
