import { afterEach, expect, test } from 'vitest';
import { formatDate, formatNumber, type Language, loadLanguage, type MessageKey, t, type Translation, withMessages } from './i18n.ts';
import { settings } from './locales/en/settings.ts';
import { tiny } from './locales/tiny/tiny.fixture.ts';

const LANGUAGES: Record<string, Language> = {
  de: { locale: 'de-DE', load: () => Promise.resolve(tiny satisfies Translation) },
  xx: { locale: 'xx', load: () => Promise.reject(new Error('no such file')) },
};

afterEach(async () => {
  await loadLanguage('en');
});

test('a message takes its arguments and the plural of its language', () => {
  expect(t('common.close')).toBe('Close');
  expect(t('changes.undoFile', { name: 'a.ts' })).toBe('Undo the changes of a.ts');
  expect([0, 1, 2, 1234].map((files) => t('changes.count', { files }))).toEqual(['0 files', '1 file', '2 files', '1,234 files']);
});

test('another language is loaded by its tag, and English replaces its missing messages', async () => {
  expect(await loadLanguage('de-AT', LANGUAGES)).toBe('de');
  expect(t('common.close')).toBe('Zu');
  expect([0, 1, 1234].map((files) => t('changes.count', { files }))).toEqual(['keine', '1 Datei', '1.234 Dateien']);
  expect(t('common.cancel')).toBe('Cancel');
  expect(await loadLanguage('fr', LANGUAGES)).toBe('en');
  expect(t('common.close')).toBe('Close');
});

test('a screen adds its messages, in English and in the current language', async () => {
  const more = withMessages({ settings });
  expect([more('settings.models.editNamed', { name: 'Mine' }), more('common.close')]).toEqual(['Edit Mine', 'Close']);
  await loadLanguage('de', LANGUAGES);
  expect([more('settings.screen.label'), more('common.close')]).toEqual(['Einstellungen', 'Zu']);
});

test('numbers and dates are formatted for the language', async () => {
  const options = { month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
  expect([formatNumber(1234.5), formatDate(0, options)]).toEqual(['1,234.5', 'January 1970']);
  await loadLanguage('de', LANGUAGES);
  expect([formatNumber(1234.5), formatDate(0, options)]).toEqual(['1.234,5', 'Januar 1970']);
});

test('the language stays the same when another one cannot be loaded', async () => {
  await loadLanguage('de', LANGUAGES);
  await expect(loadLanguage('xx', LANGUAGES)).rejects.toThrow('no such file');
  expect(t('common.close')).toBe('Zu');
});

test('unknown keys and wrong arguments do not compile', () => {
  const wrong = [
    // @ts-expect-error There is no such message.
    () => t('common.nothing'),
    // @ts-expect-error The settings add this message.
    () => t('settings.screen.label'),
    // @ts-expect-error A group is not a message.
    () => t('common'),
    // @ts-expect-error The argument is missing.
    () => t('changes.undoFile'),
    // @ts-expect-error The argument has another name.
    () => t('changes.undoFile', { file: 'a.ts' }),
    // @ts-expect-error A plural takes a number.
    () => t('changes.count', { files: '1' }),
    // @ts-expect-error The message takes no arguments.
    () => t('common.close', { name: 'a.ts' }),
  ];
  expect(wrong).toHaveLength(7);
  // @ts-expect-error English has no such message.
  expect({ common: { nothing: '' } } satisfies Translation).toBeDefined();
  expect('changes.count' satisfies MessageKey).toBe('changes.count');
});
