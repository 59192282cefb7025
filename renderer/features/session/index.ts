/** The session feature's door. */
export { contextPercent } from './context-percent.ts';
export { Composer, DiffView, PlanPanel, SessionScreen } from './lazy-parts.tsx';
export { modelName } from './model-name.ts';
