/**
 * The text of the window in one language.
 * Owns: the language in use, its messages, and how it writes numbers and dates. English is part of the first load and
 * stands in for messages that another language lacks; other languages are loaded on demand, before the first render.
 * The messages are ICU messages. They are compiled when the window is built (resources/vite/compile-messages.ts), and
 * their keys and arguments are checked from the English text.
 */
import type { GetICUArgs } from '@schummar/icu-type-parser';
import format, { type CompiledMessage, type FormatValues } from 'icu-minify/format';
import { en } from './locales/en/index.ts';

type English = typeof en;

type KeyIn<Group> = { [Key in keyof Group & string]: Group[Key] extends string ? Key : `${Key}.${KeyIn<Group[Key]>}` }[keyof Group &
  string];

type MessageAt<Group, Path> = Path extends `${infer Key}.${infer Rest}`
  ? Key extends keyof Group
    ? MessageAt<Group[Key], Rest>
    : never
  : Path extends keyof Group
    ? Group[Path]
    : never;

/** The path of a message in the catalogue: "sidebar.search". */
export type MessageKey = KeyIn<English>;

type ArgsOf<Key extends MessageKey> = GetICUArgs<
  MessageAt<English, Key> & string,
  { ICUNumberArgument: number; ICUDateArgument: Date; ICUArgument: string | number }
>;

type ArgumentsOf<Key extends MessageKey> = keyof ArgsOf<Key> extends never ? [] : [args: ArgsOf<Key>];

type Translated<Group> = { readonly [Key in keyof Group]?: Group[Key] extends string ? string : Translated<Group[Key]> };

/** The messages of another language. Those it lacks are shown in English. */
export type Translation = Translated<English>;

export interface Language {
  /** Numbers, plurals and dates follow it. Source: BCP 47. */
  readonly locale: string;
  readonly load: () => Promise<Translation>;
}

const ENGLISH = 'en';

const LANGUAGES: Readonly<Record<string, Language>> = { [ENGLISH]: { locale: 'en-GB', load: () => Promise.resolve(en) } };

let locale = 'en-GB';
let messages = flatten(en);

/**
 * Changes to the language of `tag` ("de", "de-AT"), or to English where there is none. Call it before the first render.
 * Returns the code of the language in use. Throws when the messages cannot be loaded; the language then stays as it was.
 */
export async function loadLanguage(tag: string, languages: Readonly<Record<string, Language>> = LANGUAGES): Promise<string> {
  const code = [tag, tag.split('-')[0] ?? ''].find((one) => Object.hasOwn(languages, one)) ?? ENGLISH;
  const language = languages[code] ?? LANGUAGES[ENGLISH];
  if (language === undefined) return ENGLISH;
  const translation = await language.load();
  messages = new Map([...flatten(en), ...flatten(translation)]);
  ({ locale } = language);
  return code;
}

/**
 * The message of `key` with its arguments put in. Call it while rendering or handling an event, not when a module is
 * loaded: the language is not known yet.
 */
export function t<Key extends MessageKey>(key: Key, ...args: ArgumentsOf<Key>): string;
export function t(key: string, args?: FormatValues<string>): string {
  const message = messages.get(key);
  if (message === undefined) return key;
  const text = format<string>(message, locale, args, { formatters });
  return typeof text === 'string' ? text : text.join('');
}

export function formatNumber(value: number, options: Intl.NumberFormatOptions = {}): string {
  return formatters.getNumberFormat(locale, options).format(value);
}

export function formatDate(atMs: number, options: Intl.DateTimeFormatOptions): string {
  return formatters.getDateTimeFormat(locale, options).format(atMs);
}

/** Making a formatter takes far longer than using it. */
const formatters = {
  getNumberFormat: kept((...args: ConstructorParameters<typeof Intl.NumberFormat>) => new Intl.NumberFormat(...args)),
  getDateTimeFormat: kept((...args: ConstructorParameters<typeof Intl.DateTimeFormat>) => new Intl.DateTimeFormat(...args)),
  getPluralRules: kept((...args: ConstructorParameters<typeof Intl.PluralRules>) => new Intl.PluralRules(...args)),
};

function kept<Args extends readonly unknown[], Made>(make: (...args: Args) => Made): (...args: Args) => Made {
  const made = new Map<string, Made>();
  return (...args) => {
    const key = JSON.stringify(args);
    const one = made.get(key) ?? make(...args);
    made.set(key, one);
    return one;
  };
}

/** The compiled messages by their path. A group is a plain object; a compiled message is a string or an array. */
function flatten(group: object, path = ''): Map<string, CompiledMessage> {
  return new Map(
    Object.entries(group).flatMap(([key, value]: [string, CompiledMessage | object]) =>
      typeof value === 'string' || Array.isArray(value) ? [[path + key, value] as const] : [...flatten(value, `${path}${key}.`)],
    ),
  );
}
