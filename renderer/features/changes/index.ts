/** The changes feature's door. */
export { ChangesPanel } from './ChangesPanel.tsx';
