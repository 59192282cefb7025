import { z } from 'zod';
import { defined, isTerminalStatus, type ToolDisplay } from '../../../../preload/contract/index.ts';
import { patternProblem } from '../../task/index.ts';
import { failure } from '../define-tool.ts';
import type { Tool } from '../tool.ts';
import { outputForModel, statusInWords } from './bounded-output.ts';
import { placeOf } from './command-place.ts';

/** Source: docs/formats.md 4.2. */
const DEFAULT_EVENTS = 1000;
const MAX_EVENTS = 10_000;
/** Unit: ms. */
const DEFAULT_IDLE_MS = 300_000;
const MAX_IDLE_MS = 600_000;

const Input = z.object({
  command: z.string().min(1),
  description: z.string().max(200).optional(),
  pattern: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe(
      'Only matching lines are reported. Simple regular expression: text . .* [a-z] \\d ^ $ | (?i); for more, pipe through grep --line-buffered -E',
    ),
  max_events: z.number().int().min(1).max(MAX_EVENTS).optional().describe('default 1000'),
  idle_timeout_ms: z.number().int().min(1).max(MAX_IDLE_MS).optional().describe('default 300000'),
  directory: z.string().optional(),
});
type Input = z.infer<typeof Input>;

/** Runs a command in the background and sends its lines to the model as they arrive. */
export const monitorTool: Tool<Input> = {
  name: 'monitor',
  description: 'Watch a command in the background (a log, a test watcher): its output lines are sent to you as they arrive.',
  kind: 'shell',
  input: Input,
  isReadOnly: false,
  describe: (input) => ({ verb: 'monitor', target: input.command }),

  async preview(input, context) {
    const place = await placeOf(input, context);
    if (!place.ok) return { ok: false, refusal: place.why };
    const problem = input.pattern === undefined ? undefined : patternProblem(input.pattern);
    if (problem !== undefined) return { ok: false, refusal: `The pattern cannot be used: ${problem}` };
    return { ok: true, action: { code: 'monitor' }, display: { kind: 'none' }, touches: [], command: input.command, cwd: place.cwd };
  },

  async execute(input, context, signal) {
    const place = await placeOf(input, context);
    if (!place.ok) return failure(place.why);
    const { command, pattern } = input;
    const maxEvents = input.max_events ?? DEFAULT_EVENTS;
    const idleTimeoutMs = input.idle_timeout_ms ?? DEFAULT_IDLE_MS;
    const monitor = { description: input.description ?? command, maxEvents, idleTimeoutMs, ...defined({ pattern }) };
    const sandbox = await context.sandbox?.(place.cwd, context.run);
    const running = context.tasks.start(
      {
        sessionId: context.sessionId,
        toolCallId: context.toolCallId,
        outputDir: context.shellOutputDir,
        command,
        cwd: place.cwd,
        env: context.run?.env ?? (await context.childEnv()),
        placement: 'background',
        monitor,
        ...defined({ sandbox, runs: context.run?.command }),
      },
      signal,
    );
    const shown = { kind: 'shell', command, cwd: place.cwd, taskId: running.id } as const;
    context.progress({ ...shown, outcome: 'running' });
    const { task, text } = await running.outcome;
    const hasEnded = isTerminalStatus(task.status);
    const summary = hasEnded ? `${task.id} ended at once: ${statusInWords(task)}` : `Monitoring as ${task.id}`;
    const lines = hasEnded
      ? [`The command has already ended: ${statusInWords(task)}.`, 'Output:', outputForModel(text, task.outputPath)]
      : [
          `Monitoring as task ${task.id}: ${command}`,
          `${pattern === undefined ? 'Each line' : 'Each line that matches'} is sent to you in a message when it arrives; do not poll. It ends after ${maxEvents} lines, after ${idleTimeoutMs} ms without output, or with task_stop.`,
          ...(task.outputPath === undefined ? [] : [`All output goes to ${task.outputPath}`]),
        ];
    const outcome: Extract<ToolDisplay, { kind: 'shell' }>['outcome'] = task.status === 'failed' ? 'failed' : 'background';
    return { text: lines.join('\n'), display: { ...shown, outcome, summary }, isError: task.status === 'failed', summary };
  },
};
