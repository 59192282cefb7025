import compile from 'icu-minify/compile';
import { type Plugin, transformWithOxc } from 'vite';

type Messages = { readonly [key: string]: string | Messages };
type Compiled = { readonly [key: string]: ReturnType<typeof compile> | Compiled };

/** A language has a folder of messages. The file beside the folder joins them. */
const CATALOGUE = /\/renderer\/locales\/[^/]+\/[^/]+\.ts$/;

/**
 * Compiles the ICU messages of `renderer/locales` when a file is loaded, so that the bundle contains no parser. Shape: each
 * export stays an object with the same keys; each message becomes the input of `icu-minify/format`. Errors: an invalid ICU
 * message fails the build with its key.
 */
export const compileMessages: Plugin = {
  name: 'compile-messages',
  enforce: 'pre',
  transform: {
    filter: { id: CATALOGUE },
    async handler(source, id) {
      const { code } = await transformWithOxc(source, id);
      // The file contains only data, so it can be evaluated by itself, and never from a cache.
      const catalogue: Record<string, Messages> = await import(`data:text/javascript,${encodeURIComponent(code)}`);
      const exports = Object.entries(catalogue).map(
        ([name, messages]) => `export const ${name} = ${JSON.stringify(compileTree(messages, name))};`,
      );
      return { code: exports.join('\n'), map: null };
    },
  },
};

function compileTree(messages: Messages, path: string): Compiled {
  return Object.fromEntries(
    Object.entries(messages).map(([key, value]) => {
      const here = `${path}.${key}`;
      return [key, typeof value === 'string' ? compileMessage(value, here) : compileTree(value, here)];
    }),
  );
}

function compileMessage(message: string, path: string): ReturnType<typeof compile> {
  try {
    return compile(message);
  } catch (cause) {
    throw new Error(`${path} is not a valid ICU message: ${String(cause)}`, { cause });
  }
}
