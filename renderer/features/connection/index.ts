/** The connection feature's door. */
export { ConnectionBar } from './ConnectionBar.tsx';
export { RefusedScreen } from './RefusedScreen.tsx';
