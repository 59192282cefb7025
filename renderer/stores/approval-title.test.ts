import { expect, test } from 'vitest';
import type { ApprovalAction } from '../../preload/contract/index.ts';
import { approvalTitle } from './approval-title.ts';

test.each<[ApprovalAction, string]>([
  [{ code: 'run' }, 'Run a command'],
  [{ code: 'run_in_background' }, 'Run a command in the background'],
  [{ code: 'monitor' }, 'Run a command in the background and send its lines to the agent'],
  [{ code: 'list_tasks' }, 'List background tasks'],
  [{ code: 'ask_user' }, 'Ask you'],
  [{ code: 'enter_plan_mode' }, 'Enter plan mode'],
  [{ code: 'leave_plan_mode' }, 'Leave plan mode'],
  [{ code: 'update_todos' }, 'Update the task list'],
  [{ code: 'find_tools' }, 'Look for tools'],
  [{ code: 'give_answer' }, 'Give the answer'],
  [{ code: 'create', path: 'a.ts' }, 'Create a.ts'],
  [{ code: 'edit', path: 'a.ts' }, 'Edit a.ts'],
  [{ code: 'overwrite', path: 'a.ts' }, 'Overwrite a.ts'],
  [{ code: 'read', path: 'a.ts' }, 'Read a.ts'],
  [{ code: 'list', path: 'src' }, 'List src'],
  [{ code: 'remember', path: 'QWEN.md' }, 'Remember in QWEN.md'],
  [{ code: 'insert_cell', path: 'n.ipynb' }, 'Insert a cell into n.ipynb'],
  [{ code: 'edit_cell', path: 'n.ipynb', cell: 'load' }, 'Edit cell load of n.ipynb'],
  [{ code: 'delete_cell', path: 'n.ipynb', cell: 'load' }, 'Delete cell load of n.ipynb'],
  [{ code: 'find_files', path: 'src', pattern: '*.ts' }, 'Find *.ts in src'],
  [{ code: 'search', path: 'src', pattern: 'x+' }, 'Search src for x+'],
  [{ code: 'read_output', taskId: 'bg_1' }, 'Read the output of bg_1'],
  [{ code: 'message_task', taskId: 'agent_1' }, 'Send a message to agent_1'],
  [{ code: 'stop_task', taskId: 'bg_1', command: 'npm run dev' }, 'Stop bg_1: npm run dev'],
  [{ code: 'load_skill', skill: 'pdf' }, 'Load the skill pdf'],
  [{ code: 'fetch', host: 'example.com' }, 'Fetch a page of example.com'],
  [{ code: 'call_server', tool: 'query', server: 'db' }, 'Call query of the MCP server db'],
  [{ code: 'read_resource', server: 'db' }, 'Read a resource of the MCP server db'],
  [{ code: 'described', text: 'explore: the parser' }, 'explore: the parser'],
])('the title of %j is “%s”', (action, title) => {
  expect(approvalTitle(action)).toBe(title);
});
