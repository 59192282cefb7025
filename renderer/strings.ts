/** Every English sentence of the window in one place, so that a second language can follow. Plain text, no markup. */
import type { ApprovalMode, TaskStatus, TurnEnd } from '../preload/contract/index.ts';

const ended: Record<TaskStatus, string> = {
  starting: 'is starting',
  running: 'is running',
  stopping: 'is stopping',
  completed: 'finished',
  failed: 'failed',
  cancelled: 'was stopped',
};

const turnEnded: Record<TurnEnd, string> = {
  completed: 'Gantry has answered.',
  cancelled: 'The turn was stopped.',
  failed: 'The turn failed.',
  interrupted: 'The turn was interrupted.',
  max_turns: 'The turn reached its limit of steps.',
};

const modes: Record<ApprovalMode, { name: string; detail: string }> = {
  plan: { name: 'Plan only', detail: 'Reads and plans. Changes nothing.' },
  default: { name: 'Ask before edits', detail: 'Edits and commands wait for your yes.' },
  'auto-edit': { name: 'Edit freely', detail: 'Edits go through. Commands wait for your yes.' },
  yolo: { name: 'Never ask', detail: 'Everything runs at once. For folders you can throw away.' },
};

export const strings = {
  error: {
    unknown: 'The request failed and the host gave no reason. Its log may have one.',
    noFolder: 'Open a folder first: a session belongs to one.',
  },
  announce: {
    approval: (title: string) => `Needs you: ${title}`,
    taskEnded: (command: string, status: TaskStatus) => `Background task ${ended[status]}: ${command}`,
    taskInBackground: (command: string) => `In the background: ${command}`,
    turnEnded,
  },
  modes,
} as const;
