/** The door of the settings screen, and of the screen that connects a model. */
export { ConnectScreen, type ConnectScreenProps } from './connect/ConnectScreen.tsx';
export { SettingsScreen, type SettingsScreenProps } from './SettingsScreen.tsx';
