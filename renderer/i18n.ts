/**
 * The text of the window in one language. Owns: the current language, its messages, and its formats of numbers and dates.
 * English is part of the first load, apart from texts that a screen loads itself, and replaces messages that another language
 * lacks; other languages are loaded on demand, before the first render. The messages are ICU messages. They are compiled when
 * the window is built (resources/vite/compile-messages.ts), and their keys and arguments are checked against the English text.
 */
import type { GetICUArgs } from '@schummar/icu-type-parser';
import format, { type CompiledMessage, type FormatValues } from 'icu-minify/format';
import { type AllEnglish, en } from './locales/en.ts';

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
export type MessageKey = KeyIn<typeof en>;

type ArgsOf<English, Key> = GetICUArgs<
  MessageAt<English, Key> & string,
  { ICUNumberArgument: number; ICUDateArgument: Date; ICUArgument: string | number }
>;

type ArgumentsOf<English, Key> = keyof ArgsOf<English, Key> extends never ? [] : [args: ArgsOf<English, Key>];

type Translate<English> = <Key extends KeyIn<English>>(key: Key, ...args: ArgumentsOf<English, Key>) => string;

type Translated<Group> = { readonly [Key in keyof Group]?: Group[Key] extends string ? string : Translated<Group[Key]> };

/** The messages of another language. Those it lacks are shown in English. */
export type Translation = Translated<AllEnglish>;

export interface Language {
  /** Numbers, plurals and dates follow it. Source: BCP 47. */
  readonly locale: string;
  readonly load: () => Promise<Translation>;
}

const ENGLISH = 'en';

const LANGUAGES: Readonly<Record<string, Language>> = { [ENGLISH]: { locale: 'en-GB', load: () => Promise.resolve(en) } };

let locale = 'en-GB';
const english = flatten(en);
let translated: ReadonlyMap<string, CompiledMessage> = new Map();

/**
 * Switches to the language of `tag` ("de", "de-AT"), or to English if there is none. Call it before the first render. Returns
 * the code of the current language. Throws when the messages cannot be loaded; the language then stays the same.
 */
export async function loadLanguage(tag: string, languages: Readonly<Record<string, Language>> = LANGUAGES): Promise<string> {
  const code = [tag, tag.split('-')[0] ?? ''].find((one) => Object.hasOwn(languages, one)) ?? ENGLISH;
  const language = languages[code] ?? LANGUAGES[ENGLISH];
  if (language === undefined) return ENGLISH;
  translated = flatten(await language.load());
  ({ locale } = language);
  return code;
}

/**
 * The message of a key with its arguments. Call it while rendering or handling an event, not when a module is loaded: the
 * language is not known yet.
 */
export const t = translator<typeof en>();

/** Adds the English messages of a screen. Returns a `t` that includes them. */
export function withMessages<More extends object>(more: More): Translate<typeof en & More> {
  for (const [key, message] of flatten(more)) english.set(key, message);
  return translator<typeof en & More>();
}

function translator<English>(): Translate<English>;
function translator() {
  return (key: string, args?: FormatValues<string>): string => {
    const message = translated.get(key) ?? english.get(key);
    if (message === undefined) return key;
    const text = format<string>(message, locale, args, { formatters });
    return typeof text === 'string' ? text : text.join('');
  };
}

export function formatNumber(value: number, options: Intl.NumberFormatOptions = {}): string {
  return formatters.getNumberFormat(locale, options).format(value);
}

export function formatDate(atMs: number, options: Intl.DateTimeFormatOptions): string {
  return formatters.getDateTimeFormat(locale, options).format(atMs);
}

/** Creating a formatter takes far longer than using it. */
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
