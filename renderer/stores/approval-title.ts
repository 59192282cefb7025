import type { ApprovalAction } from '../../preload/contract/index.ts';
import { t } from '../i18n.ts';

/** The title of an approval: what the call would do. */
export function approvalTitle(action: ApprovalAction): string {
  switch (action.code) {
    case 'described':
      return action.text;
    case 'create':
    case 'edit':
    case 'overwrite':
    case 'read':
    case 'list':
    case 'remember':
    case 'insert_cell':
      return t(`approval.action.${action.code}`, { path: action.path });
    case 'edit_cell':
    case 'delete_cell':
      return t(`approval.action.${action.code}`, { path: action.path, cell: action.cell });
    case 'find_files':
    case 'search':
      return t(`approval.action.${action.code}`, { path: action.path, pattern: action.pattern });
    case 'read_output':
    case 'message_task':
      return t(`approval.action.${action.code}`, { taskId: action.taskId });
    case 'stop_task':
      return t('approval.action.stop_task', { taskId: action.taskId, command: action.command });
    case 'load_skill':
      return t('approval.action.load_skill', { skill: action.skill });
    case 'fetch':
      return t('approval.action.fetch', { host: action.host });
    case 'call_server':
      return t('approval.action.call_server', { tool: action.tool, server: action.server });
    case 'read_resource':
      return t('approval.action.read_resource', { server: action.server });
    default:
      return t(`approval.action.${action.code}`);
  }
}
