import { lazy, Suspense } from 'react';

// The parser is the largest part of the first screen, and the first paint does not need it.
const Markdown = lazy(() => import('./Markdown.tsx').then((module) => ({ default: module.Markdown })));

/** A model's Markdown; shown as plain text until its parser has been loaded. */
export function LazyMarkdown({ text, streaming = false }: { readonly text: string; readonly streaming?: boolean }) {
  return (
    <Suspense fallback={<p className="whitespace-pre-wrap">{text}</p>}>
      <Markdown text={text} streaming={streaming} />
    </Suspense>
  );
}
