/// <reference lib="webworker" />
/**
 * Highlights code off the main thread: shiki with its JavaScript engine (no WebAssembly, so the CSP stays strict). A language
 * is loaded with its first block; an unlisted language is answered with no lines.
 */
import { createHighlighterCore } from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';
import githubDark from 'shiki/themes/github-dark-default.mjs';
import githubLight from 'shiki/themes/github-light-default.mjs';
import type { HighlightAnswer, HighlightQuestion, HighlightToken } from './highlight-protocol.ts';
import { LANGUAGES } from './languages.ts';

declare const self: DedicatedWorkerGlobalScope;

const THEMES = { dark: 'github-dark-default', light: 'github-light-default' } as const;

const highlighter = createHighlighterCore({
  themes: [githubDark, githubLight],
  langs: [],
  // A rule that this engine cannot express is omitted, so that the language still works.
  engine: createJavaScriptRegexEngine({ forgiving: true }),
});

async function highlight({ code, language }: HighlightQuestion): Promise<HighlightToken[][]> {
  const load = LANGUAGES[language];
  if (!load) return [];
  const shiki = await highlighter;
  if (!shiki.getLoadedLanguages().includes(language)) await shiki.loadLanguage(await load());
  return shiki.codeToTokensWithThemes(code, { lang: language, themes: THEMES }).map((line) =>
    line.map((token) => ({
      text: token.content,
      dark: token.variants['dark']?.color ?? '',
      light: token.variants['light']?.color ?? '',
    })),
  );
}

self.addEventListener('message', ({ data }: MessageEvent<HighlightQuestion>) => {
  const answer = (lines: HighlightToken[][]) => self.postMessage({ id: data.id, lines } satisfies HighlightAnswer);
  // If a grammar fails, only the colours are missing.
  highlight(data).then(answer, () => answer([]));
});
