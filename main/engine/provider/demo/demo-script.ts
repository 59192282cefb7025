/**
 * Decides what the offline demo says and does, from the conversation alone. Pure: the same conversation gives the same answer. A
 * prompt names single steps by plain words (list, read, edit, todo, run, loop, hello); any other prompt gets the tour.
 */
import { ProviderId } from '../../../../preload/contract/index.ts';
import type { ModelMessage, ModelRequest, ModelToolResult } from '../provider.ts';

export const DEMO_PROVIDER_ID: ProviderId = ProviderId.parse('demo');
export const DEMO_MODEL_ID = 'gantry-demo';
export const DEMO_NAME = 'Offline demo';

/** One answer of the demo: a text, and at most one call. */
export interface DemoAnswer {
  readonly thinking: string;
  readonly text: string;
  readonly call?: { readonly name: string; readonly input: Record<string, unknown> };
}

type Step = 'list' | 'read' | 'edit' | 'todo' | 'run' | 'loop';

const TOUR: readonly Step[] = ['list', 'read', 'edit', 'loop'];
const WORDS: readonly (readonly [RegExp, Step])[] = [
  [/\blist\b/i, 'list'],
  [/\bread\b/i, 'read'],
  [/\bedit\b/i, 'edit'],
  [/\btodos?\b/i, 'todo'],
  [/\brun\b/i, 'run'],
  [/\bloop\b/i, 'loop'],
];
const TOOL_OF: Readonly<Record<Step, string>> = {
  list: 'list_directory',
  read: 'read_file',
  edit: 'write_file',
  todo: 'todo_write',
  run: 'run_shell_command',
  loop: 'run_shell_command',
};

export const DEMO_LOOP = 'for i in $(seq 1 60); do echo "line $i"; sleep 1; done';
const DEMO_RUN = 'echo "Hello from a live terminal" && uname -s && date';
const DEMO_FILE = 'gantry-demo.md';
const DEMO_TEXT = '# Written by the offline demo\n\nGantry asked before this file was made. It is safe to delete.\n';

export function demoAnswer(request: ModelRequest, root: string): DemoAnswer {
  const { prompt, after } = lastPrompt(request.messages);
  if (prompt.startsWith('<task-notification>'))
    return say('A background command has ended. Its output is in the tasks panel and in its file.');
  if (/^\s*(?:hello|hi|hey)\b/i.test(prompt))
    return say(
      'Hello! I am the offline demo: scripted, without a model behind me. Say list, read, edit, todo, run or loop, or ask for the tour.',
    );
  const offered = new Set(request.tools.map((tool) => tool.name));
  const asked = findSteps(prompt);
  const steps = (asked.length === 0 ? TOUR : asked).filter((step) => offered.has(TOOL_OF[step]));
  const results = after.flatMap((message) => (message.role === 'tool' ? message.results : []));
  const next = steps[results.length];
  const previous = steps[results.length - 1];
  const last = results.at(-1);
  const comment = previous === undefined || last === undefined ? opening(asked.length === 0) : commentOn(previous, last);
  if (next === undefined) return say(`${comment}${closing(steps.length, results.length)}`);
  return {
    thinking: results.length === 0 ? 'This is a script, so there is not much to think about.' : '',
    text: `${comment}${announce(next)}`,
    call: { name: TOOL_OF[next], input: toInput(next, root, results) },
  };
}

/** The last user prompt, without what the app adds to it, and everything after it. */
function lastPrompt(messages: readonly ModelMessage[]): { prompt: string; after: readonly ModelMessage[] } {
  const index = messages.findLastIndex((message) => message.role === 'user');
  const message = messages[index];
  const text = message?.role === 'user' ? message.text : '';
  return { prompt: text.replace(/<system-reminder>[\s\S]*?<\/system-reminder>/g, '').trim(), after: messages.slice(index + 1) };
}

/** In the order of the words in the prompt. */
function findSteps(prompt: string): readonly Step[] {
  return WORDS.flatMap(([pattern, step]) => {
    const found = pattern.exec(prompt);
    return found === null ? [] : [{ step, at: found.index }];
  })
    .toSorted((a, b) => a.at - b.at)
    .map(({ step }) => step);
}

function toInput(step: Step, root: string, results: readonly ModelToolResult[]): Record<string, unknown> {
  switch (step) {
    case 'list':
      return { path: root };
    case 'read':
      return { file_path: below(root, fileToRead(results)) };
    case 'edit':
      return { file_path: below(root, DEMO_FILE), content: DEMO_TEXT };
    case 'todo':
      return {
        todos: [
          { id: '1', content: 'Look at the folder', status: 'completed' },
          { id: '2', content: 'Write a file', status: 'in_progress' },
          { id: '3', content: 'Run a command', status: 'pending' },
        ],
      };
    case 'run':
      return { command: DEMO_RUN, description: 'Say hello from a terminal', is_background: false };
    case 'loop':
      return { command: DEMO_LOOP, description: 'Count to sixty, one line a second', is_background: false };
  }
}

/** README.md, or the first entry of the listing that looks like a text file. */
function fileToRead(results: readonly ModelToolResult[]): string {
  const listing = results.find((result) => result.name === 'list_directory' && !result.isError)?.text ?? '';
  if (listing === '' || /\bREADME\.md\b/.test(listing)) return 'README.md';
  return /[\w.-]+\.(?:md|txt|json|ts|tsx|js|mjs|py|rs|go|toml|ya?ml|c|h|java)\b/.exec(listing)?.[0] ?? 'README.md';
}

function below(root: string, name: string): string {
  const separator = root.includes('\\') && !root.includes('/') ? '\\' : '/';
  return root.endsWith(separator) ? `${root}${name}` : `${root}${separator}${name}`;
}

function opening(isTour: boolean): string {
  return isTour ? 'Hi! I am the **offline demo**: a script that shows how Gantry works, without a model and without a key.\n\n' : '';
}

const ANNOUNCEMENTS: Readonly<Record<Step, string>> = {
  list: 'First I look at what is in this folder.',
  read: 'Now I read a file. Reading needs no permission inside the project.',
  edit: `Next I create a small file, \`${DEMO_FILE}\`. You see the whole change before it happens.`,
  todo: 'I keep a short to-do list.',
  run: 'I run a short command. It gets a real terminal.',
  loop: 'Now a command that takes a minute. While it runs you can type into its terminal, stop it, or **move it to the background** and let me go on.',
};

function announce(step: Step): string {
  return ANNOUNCEMENTS[step];
}

function commentOn(step: Step, result: ModelToolResult): string {
  const { text, isError } = result;
  if (isError && /\b(?:den(?:y|ied)|declin|reject|refus|not allowed|did not allow|said no)/i.test(text))
    return 'You denied it, so I skipped it. That is what approvals are for.\n\n';
  if (/\bbackground\b/i.test(text) && TOOL_OF[step] === 'run_shell_command') {
    return 'The command continues in the background, and so can I. Its terminal stays live in the tasks panel.\n\n';
  }
  if (/\btimed out\b/i.test(text)) return 'The command reached its timeout and was stopped.\n\n';
  if (/\bcancel|\bstopped\b|\bterminated\b/i.test(text) && TOOL_OF[step] === 'run_shell_command')
    return 'The command was stopped before it ended.\n\n';
  if (isError) return 'That did not work, which happens; the row above says why.\n\n';
  return {
    list: 'That is the folder.\n\n',
    read: 'I have read it.\n\n',
    edit: 'The file is written.\n\n',
    todo: 'The list is up to date.\n\n',
    run: 'The command has ended.\n\n',
    loop: 'It counted to the end.\n\n',
  }[step];
}

function closing(steps: number, done: number): string {
  if (steps === 0) return 'The tools that this step needs are not available, so the script ends here.';
  return done >= TOUR.length
    ? 'That was the tour. To work with a real model, add a provider under Settings, Models.'
    : 'That is all for this one. Say list, read, edit, todo, run or loop for another step.';
}

function say(text: string): DemoAnswer {
  return { thinking: '', text };
}
