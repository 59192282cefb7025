/** The session feature's door. */
export { contextPercent } from './composer/context-percent.ts';
export { Composer, DiffView, PlanPanel, SessionScreen } from './lazy-parts.tsx';
export { modelName } from './composer/model-name.ts';
