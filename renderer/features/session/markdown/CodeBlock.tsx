import { type CSSProperties, useEffect, useState } from 'react';
import { t } from '../../../i18n.ts';
import { CopyButton } from '../../../ui/index.ts';
import type { HighlightAnswer } from './highlight-protocol.ts';
import { highlight } from './highlighter.ts';
import { languageOf } from './language-names.ts';

export interface CodeBlockProps {
  readonly code: string;
  /** The text after the opening fence. */
  readonly fence: string;
  /** An open block changes with every delta, so it is highlighted once it is complete. */
  readonly finished: boolean;
}

interface Coloured {
  readonly code: string;
  readonly lines: HighlightAnswer['lines'];
}

/** A block of code with its language and a copy button. Highlighting comes later and does not move anything. */
export function CodeBlock({ code, fence, finished }: CodeBlockProps) {
  const [coloured, setColoured] = useState<Coloured>({ code: '', lines: [] });
  const language = languageOf(fence);
  useEffect(() => {
    if (!finished || language === undefined) return;
    let current = true;
    void highlight(code, language).then((lines) => current && setColoured({ code, lines }));
    return () => {
      current = false;
    };
  }, [code, language, finished]);

  const lines = coloured.code === code ? coloured.lines : [];
  return (
    <div className="group/code relative rounded-md border border-border bg-term">
      <div className="flex h-7 items-center justify-between pr-0.5 pl-3">
        <span className="text-meta text-text-3">{fence || t('code.plain')}</span>
        <CopyButton text={code} label={t('code.copy')} />
      </div>
      <pre
        // Scrolls sideways, so it must be reachable by keyboard.
        tabIndex={0}
        className="overflow-x-auto px-3 pb-2.5 font-mono text-code text-term-ink"
      >
        <code>
          {lines.length === 0
            ? code
            : lines.map((line, row) => (
                <span key={row}>
                  {line.map((token, column) => (
                    <span key={column} className="shiki-token" style={{ '--dark': token.dark, '--light': token.light } as CSSProperties}>
                      {token.text}
                    </span>
                  ))}
                  {'\n'}
                </span>
              ))}
        </code>
      </pre>
    </div>
  );
}
