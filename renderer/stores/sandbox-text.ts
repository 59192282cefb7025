import type { SandboxState } from '../../preload/contract/index.ts';
import { t } from '../i18n.ts';

/** Whether commands are sandboxed, and how. */
export function sandboxText(state: SandboxState): string {
  switch (state.status) {
    case 'off':
      return t('sandbox.off');
    case 'on': {
      const { backend, filesystem, network } = state;
      return t('sandbox.on', { program: backend, writes: t(`sandbox.filesystem.${filesystem}`), network: t(`sandbox.network.${network}`) });
    }
    case 'unavailable': {
      const { problem } = state;
      if (problem.code === 'does_not_work') return t('sandbox.problem.does_not_work', { message: problem.message });
      if (problem.code === 'unsupported_system') return t('sandbox.problem.unsupported_system');
      return t(`sandbox.problem.not_installed.${problem.program}`);
    }
  }
}
