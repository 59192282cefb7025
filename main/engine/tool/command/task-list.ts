import { z } from 'zod';
import { isTerminalStatus } from '../../../../preload/contract/index.ts';
import type { Tool } from '../tool.ts';
import { backgroundTasks, taskInWords } from './task-words.ts';

const Input = z.object({});
type Input = z.infer<typeof Input>;

/** The session's background tasks, newest first. */
export const taskListTool: Tool<Input> = {
  name: 'task_list',
  description: 'List the background commands of this session with their status.',
  kind: 'task',
  input: Input,
  isReadOnly: true,
  describe: () => ({ verb: 'list', target: 'background tasks' }),

  async preview() {
    return { ok: true, action: { code: 'list_tasks' }, display: { kind: 'none' }, touches: [] };
  },

  async execute(_input, context) {
    const tasks = backgroundTasks(context);
    const running = tasks.filter((task) => !isTerminalStatus(task.status)).length;
    const summary = `${running} running, ${tasks.length - running} ended`;
    const text =
      tasks.length === 0 ? 'This session has no background tasks.' : tasks.map((task) => taskInWords(task, context.nowMs())).join('\n');
    return { text, display: { kind: 'none' }, isError: false, summary };
  },
};
