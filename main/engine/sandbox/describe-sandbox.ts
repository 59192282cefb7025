/** The state of the sandbox in English, for the model and for hosts without a window. Pure. */
import type { SandboxProblem, SandboxState } from '../../../preload/contract/index.ts';

export function describeSandbox(state: SandboxState): string {
  switch (state.status) {
    case 'off':
      return 'Commands run without a sandbox';
    case 'on': {
      const writes = state.filesystem === 'workspace-write' ? 'writes only in the project and /tmp' : 'no writes except in /tmp';
      return `Commands run in ${state.backend}: ${writes}, ${state.network === 'closed' ? 'no network' : 'network open'}`;
    }
    case 'unavailable':
      return `${describeProblem(state.problem)}; commands do not run`;
  }
}

/** How commands are sandboxed that run without a question. */
export type WallState = Exclude<SandboxState, { status: 'off' }>;

/** How commands that run without a question are confined, and what to do if they are not: a clause. */
export function describeWall(state: WallState): string {
  if (state.status === 'on') return `run in ${state.backend}: nothing can be written, no network, protected files hidden`;
  const { problem } = state;
  const canInstall = problem.code === 'not_installed' && problem.program === 'bubblewrap';
  return `fewer of them, because ${describeProblem(problem)}${canInstall ? '; install bubblewrap to allow more' : ''}`;
}

/** A clause without a full stop. */
export function describeProblem(problem: SandboxProblem): string {
  switch (problem.code) {
    case 'not_installed':
      return problem.program === 'bubblewrap' ? 'bubblewrap is not installed' : 'sandbox-exec is missing on this Mac';
    case 'does_not_work':
      return `bubblewrap does not work here (${problem.message})`;
    case 'unsupported_system':
      return 'Gantry supports no sandbox on this system';
  }
}
