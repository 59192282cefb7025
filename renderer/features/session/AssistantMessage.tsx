import { ChevronRight } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { AssistantItem } from '../../../preload/contract/index.ts';
import { strings } from '../../strings.ts';

// The parser is the largest part of the first screen and not needed to paint it.
const Markdown = lazy(() => import('./Markdown.tsx').then((module) => ({ default: module.Markdown })));

/** The model's answer, plain on the canvas; its thinking is folded. */
export function AssistantMessage({ item }: { readonly item: AssistantItem }) {
  return (
    <article className="flex flex-col gap-2">
      <h2 className="sr-only">{strings.transcript.gantry}</h2>
      {item.thinking.trim() !== '' && <Thinking text={item.thinking} active={item.streaming && item.text === ''} />}
      {item.text.trim() !== '' && (
        <Suspense fallback={<p className="whitespace-pre-wrap">{item.text}</p>}>
          <Markdown text={item.text} streaming={item.streaming} />
        </Suspense>
      )}
    </article>
  );
}

function Thinking({ text, active }: { readonly text: string; readonly active: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex h-7 items-center gap-1.5 rounded-md px-1 text-row text-text-3 hover:text-text-2"
      >
        <ChevronRight size={14} aria-hidden className={`transition-[rotate] duration-150 ${open ? 'rotate-90' : ''}`} />
        {active ? strings.transcript.thinking : strings.transcript.thought}
      </button>
      {open && (
        <p className="ml-[11px] border-l-2 border-border py-0.5 pl-3 text-row break-words whitespace-pre-wrap text-text-2">{text.trim()}</p>
      )}
    </div>
  );
}
