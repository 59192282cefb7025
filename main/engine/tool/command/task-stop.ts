import { z } from 'zod';
import { isTerminalStatus } from '../../../../preload/contract/index.ts';
import { EngineError } from '../../errors.ts';
import { failure } from '../define-tool.ts';
import type { Tool } from '../tool.ts';
import { statusInWords } from './bounded-output.ts';
import { findTask, unknownTask } from './task-words.ts';

const Input = z.object({ task_id: z.string().min(1) });
type Input = z.infer<typeof Input>;

/** Asks the whole process group of a background task to end. */
export const taskStopTool: Tool<Input> = {
  name: 'task_stop',
  description: 'Stop a background command and everything it started.',
  kind: 'task',
  input: Input,
  isReadOnly: false,
  describe: (input) => ({ verb: 'stop', target: input.task_id }),

  async preview(input, context) {
    const task = findTask(input.task_id, context);
    if (task === undefined) return { ok: false, refusal: unknownTask(input.task_id, context) };
    if (isTerminalStatus(task.status)) return { ok: false, refusal: `${task.id} has already ended: ${statusInWords(task)}.` };
    return { ok: true, action: { code: 'stop_task', taskId: task.id, command: task.command }, display: { kind: 'none' }, touches: [] };
  },

  async execute(input, context) {
    const task = findTask(input.task_id, context);
    if (task === undefined) return failure(unknownTask(input.task_id, context));
    if (isTerminalStatus(task.status)) return failure(`${task.id} has already ended: ${statusInWords(task)}.`);
    try {
      const after = context.tasks.stop(task.id, { force: false, by: 'agent' });
      const rest = after.outputPath === undefined ? '' : ` Its output stays in ${after.outputPath}.`;
      const text = `Stopping ${task.id} (${task.command}); its status is now ${statusInWords(after)}. The process group gets SIGTERM and, if it does not end, SIGKILL.${rest}`;
      return { text, display: { kind: 'none' }, isError: false, summary: `Stopping ${task.id}` };
    } catch (error) {
      // The task ended between the lookup and the stop, which is the intended outcome.
      if (error instanceof EngineError && error.code === 'task_ended') return failure(`${task.id} has already ended.`);
      throw error;
    }
  },
};
