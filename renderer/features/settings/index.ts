/** The door of the settings screen. */
export { SettingsScreen, type SettingsScreenProps } from './SettingsScreen.tsx';
