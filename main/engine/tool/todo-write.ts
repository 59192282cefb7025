import { z } from 'zod';
import { failure } from './define-tool.ts';
import type { Tool } from './tool.ts';

const Input = z.object({
  todos: z
    .array(
      z.object({
        content: z.string().min(1),
        status: z.enum(['pending', 'in_progress', 'completed']),
        id: z.string().min(1),
      }),
    )
    .max(200)
    .describe('The whole list; it replaces the last one'),
});
type Input = z.infer<typeof Input>;

/** Shows the agent's plan to the user. */
export const todoWriteTool: Tool<Input> = {
  name: 'todo_write',
  description:
    'Keep a task list the user sees, for work of three or more steps. Have one item in_progress; complete items as you finish them.',
  kind: 'plan',
  input: Input,
  isReadOnly: false,
  describe: (input) => ({ verb: 'plan', target: input.todos.length === 1 ? '1 step' : `${input.todos.length} steps` }),

  async preview(input) {
    return { ok: true, action: { code: 'update_todos' }, display: { kind: 'todos', todos: input.todos }, touches: [] };
  },

  async execute(input, context) {
    const doubled = input.todos.find((todo, at) => input.todos.findIndex((other) => other.id === todo.id) !== at);
    if (doubled !== undefined) return failure(`Two items have the id "${doubled.id}". Give each its own.`);
    context.todos.set(input.todos);
    const count = (status: string) => input.todos.filter((todo) => todo.status === status).length;
    const summary = `${count('completed')} of ${input.todos.length} done`;
    const text = `Task list saved: ${count('completed')} completed, ${count('in_progress')} in progress, ${count('pending')} pending.`;
    return { text, display: { kind: 'todos', todos: input.todos }, isError: false, summary };
  },
};
