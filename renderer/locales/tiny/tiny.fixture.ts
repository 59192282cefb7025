/** A language for tests, with few messages. */
export const tiny = {
  common: { close: 'Zu' },
  settings: { screen: { label: 'Einstellungen' } },
  changes: { count: '{files, plural, =0 {keine} one {# Datei} other {# Dateien}}' },
} as const;
