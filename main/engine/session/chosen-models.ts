/** The models of one session: what its host chose for it applies to every lookup. */
import type { Effort, SessionOptions } from '../engine-api.ts';
import { defined } from '../../../preload/contract/index.ts';
import type { SessionDeps } from './session-deps.ts';

export function chosenModels(
  providers: SessionDeps['providers'],
  { acceptsAnyModel = false }: SessionOptions,
  effort: () => Effort | undefined,
): SessionDeps['providers'] {
  return {
    resolve: (project, wanted) => providers.resolve(project, wanted, { acceptsAny: acceptsAnyModel, ...defined({ effort: effort() }) }),
    defaultModel: (project) => providers.defaultModel(project),
  };
}
