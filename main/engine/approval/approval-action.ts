import type { ApprovalAction } from '../../../preload/contract/index.ts';
import { assertNever } from '../lib/assert-never.ts';

/** The title of an approval in English, for hooks, notifications and hosts without a window. */
export function describeAction(action: ApprovalAction): string {
  switch (action.code) {
    case 'run':
      return 'Run a command';
    case 'run_in_background':
      return 'Run a command in the background';
    case 'monitor':
      return 'Run a command in the background and send its lines to the agent';
    case 'list_tasks':
      return 'List background tasks';
    case 'ask_user':
      return 'Ask you';
    case 'enter_plan_mode':
      return 'Enter plan mode';
    case 'leave_plan_mode':
      return 'Leave plan mode';
    case 'update_todos':
      return 'Update the task list';
    case 'find_tools':
      return 'Look for tools';
    case 'give_answer':
      return 'Give the answer';
    case 'create':
      return `Create ${action.path}`;
    case 'edit':
      return `Edit ${action.path}`;
    case 'overwrite':
      return `Overwrite ${action.path}`;
    case 'read':
      return `Read ${action.path}`;
    case 'list':
      return `List ${action.path}`;
    case 'remember':
      return `Remember in ${action.path}`;
    case 'insert_cell':
      return `Insert a cell into ${action.path}`;
    case 'edit_cell':
      return `Edit cell ${action.cell} of ${action.path}`;
    case 'delete_cell':
      return `Delete cell ${action.cell} of ${action.path}`;
    case 'find_files':
      return `Find ${action.pattern} in ${action.path}`;
    case 'search':
      return `Search ${action.path} for ${action.pattern}`;
    case 'read_output':
      return `Read the output of ${action.taskId}`;
    case 'message_task':
      return `Send a message to ${action.taskId}`;
    case 'stop_task':
      return `Stop ${action.taskId}: ${action.command}`;
    case 'load_skill':
      return `Load the skill ${action.skill}`;
    case 'fetch':
      return `Fetch a page of ${action.host}`;
    case 'call_server':
      return `Call ${action.tool} of the MCP server ${action.server}`;
    case 'read_resource':
      return `Read a resource of the MCP server ${action.server}`;
    case 'described':
      return action.text;
    default:
      return assertNever(action);
  }
}
