import { z } from 'zod';
import { isTerminalStatus } from '../../../../preload/contract/index.ts';
import { failure } from '../define-tool.ts';
import type { Tool } from '../tool.ts';
import { outputForModel, statusInWords } from './bounded-output.ts';
import { findTask, taskInWords, unknownTask } from './task-words.ts';

const Input = z.object({ task_id: z.string().min(1) });
type Input = z.infer<typeof Input>;

/** Less than a result may have, so that only this tool cuts its output. */
const MAX_CHARS = 20_000;

/** The output of a background task so far, both ends of it, and its status. */
export const taskOutputTool: Tool<Input> = {
  name: 'task_output',
  description: 'Read the status and output of a background command. You are notified when it ends, so do not poll.',
  kind: 'task',
  input: Input,
  isReadOnly: true,
  describe: (input) => ({ verb: 'read_output', target: input.task_id }),

  async preview(input) {
    return { ok: true, action: { code: 'read_output', taskId: input.task_id }, display: { kind: 'none' }, touches: [] };
  },

  async execute(input, context) {
    const known = findTask(input.task_id, context);
    if (known === undefined) return failure(unknownTask(input.task_id, context));
    const text = await context.tasks.readText(known.id);
    // Read the status again: the task may have ended while its output was read, and the status must not be older than the
    // text.
    const task = context.tasks.get(known.id) ?? known;
    const label = isTerminalStatus(task.status) ? 'Output:' : 'Output so far:';
    const lines = [taskInWords(task, context.nowMs()), label, outputForModel(text, task.outputPath, MAX_CHARS)];
    return { text: lines.join('\n'), display: { kind: 'none' }, isError: false, summary: `${task.id} ${statusInWords(task)}` };
  },
};
