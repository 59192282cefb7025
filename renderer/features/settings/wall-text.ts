import type { SandboxState } from '../../../preload/contract/index.ts';
import { t } from './text.ts';

/** How commands are sandboxed that run without a question, and how to get that sandbox. */
export function wallText(state: SandboxState): string {
  if (state.status === 'on') return t('settings.approvals.wall.on', { program: state.backend });
  const canInstall = state.status === 'unavailable' && state.problem.code === 'not_installed' && state.problem.program === 'bubblewrap';
  return t(`settings.approvals.wall.${canInstall ? 'install' : 'missing'}`);
}
