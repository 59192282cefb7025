/** The settings that all hooks of a session share. */
import { join } from 'node:path';
import type { ApprovalMode } from '../../../../preload/contract/index.ts';
import type { SessionOptions } from '../../engine-api.ts';
import { EngineError } from '../../errors.ts';
import type { HookPlace } from '../../hook/index.ts';
import type { SessionDeps, SessionIdentity } from '../session-deps.ts';

export interface HookPlaceOptions {
  readonly identity: SessionIdentity;
  readonly deps: SessionDeps;
  readonly mode: () => ApprovalMode;
  readonly model: () => SessionOptions['model'];
}

/** Everything except the callback for the status messages of running hooks. */
export function hookPlaceOf({ identity, deps, mode, model }: HookPlaceOptions): Omit<HookPlace, 'reportRunning'> {
  const { id, project } = identity;
  return {
    lists: () => project.extensionSettings(),
    root: project.root,
    sessionId: id,
    transcriptPath: join(project.chatsDir, `${id}.jsonl`),
    mode,
    childEnv: () => project.childEnv(),
    async ask(prompt, signal) {
      const { provider, modelId } = await deps.providers.resolve(project, model());
      const messages = [{ role: 'user', text: prompt }] as const;
      let answer = '';
      for await (const event of provider.stream(
        { modelId, system: 'You judge one event of a coding agent.', messages, tools: [] },
        signal,
      )) {
        if (event.type === 'text') answer += event.text;
        if (event.type === 'error') throw new EngineError(event.error.code, event.error.message);
      }
      return answer;
    },
    hideKeys: deps.hideKeys,
    nowMs: () => deps.clock.now(),
    groups: deps.hookGroups,
    logger: deps.logger,
  };
}
