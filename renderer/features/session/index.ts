/** The session feature's door. */
export { Composer, type ComposerProps } from './Composer.tsx';
export { contextPercent } from './context-percent.ts';
export { DiffView } from './DiffView.tsx';
export { modelName } from './ModelPicker.tsx';
export { PlanPanel } from './PlanPanel.tsx';
export { SessionScreen } from './SessionScreen.tsx';
