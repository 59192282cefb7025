import { type KeyboardEvent, type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { useActiveProjectId } from '../../../stores/index.ts';
import { type ComposerToken, replaceToken, tokenAt } from './composer-token.ts';
import { type Suggestion, type Suggestions, useSuggestions } from './use-suggestions.ts';

export interface Popup {
  readonly suggestions: Suggestions | undefined;
  readonly chosen: number;
  readonly choose: (suggestion: Suggestion) => void;
  /** True: the list has handled the key. */
  readonly onKey: (event: KeyboardEvent) => boolean;
  /** Call it when the caret has moved. */
  readonly onCaret: () => void;
}

/** The list that `@` and `/` open. Escape closes it until another word is started. */
export function usePopup(text: string, change: (text: string) => void, input: RefObject<HTMLTextAreaElement | null>): Popup {
  const projectId = useActiveProjectId();
  const [caret, setCaret] = useState(text.length);
  const [closedAt, setClosedAt] = useState<number>();
  const [walked, setWalked] = useState({ query: '', at: 0 });
  const wantedCaret = useRef<number>(undefined);

  const found = tokenAt(text, Math.min(caret, text.length));
  const token: ComposerToken | undefined = found?.start === closedAt ? undefined : found;
  const suggestions = useSuggestions(token, projectId);
  const rows = suggestions?.rows ?? [];
  // Another word starts at its first row.
  const chosen = walked.query === token?.query ? Math.min(walked.at, Math.max(0, rows.length - 1)) : 0;

  useLayoutEffect(() => {
    if (wantedCaret.current === undefined) return;
    input.current?.setSelectionRange(wantedCaret.current, wantedCaret.current);
    wantedCaret.current = undefined;
  }, [text, input]);

  const onCaret = () => {
    const element = input.current;
    if (!element) return;
    setCaret(element.selectionStart === element.selectionEnd ? element.selectionStart : 0);
    if (tokenAt(element.value, element.selectionStart)?.start !== closedAt) setClosedAt(undefined);
  };
  const choose = ({ value }: Suggestion) => {
    if (token === undefined) return;
    const next = replaceToken(text, token, value);
    wantedCaret.current = next.caret;
    setCaret(next.caret);
    change(next.text);
    input.current?.focus();
  };
  const onKey = (event: KeyboardEvent): boolean => {
    if (token === undefined || suggestions === undefined) return false;
    const row = rows[chosen];
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (event.key === 'Escape') {
      // The window's Escape would interrupt the agent.
      event.nativeEvent.stopPropagation();
      setClosedAt(token.start);
    } else if (step !== 0 && rows.length > 0) setWalked({ query: token.query, at: (chosen + step + rows.length) % rows.length });
    else if (row !== undefined && takesRow(event, token, row)) choose(row);
    else return false;
    event.preventDefault();
    return true;
  };
  return { suggestions: token === undefined ? undefined : suggestions, chosen, choose, onKey, onCaret };
}

/** Enter after a completely typed word sends at once. */
function takesRow(event: KeyboardEvent, token: ComposerToken, row: Suggestion): boolean {
  if (event.shiftKey || event.ctrlKey || event.metaKey) return false;
  return event.key === 'Tab' || (event.key === 'Enter' && !isWrittenOut(token, row));
}

function isWrittenOut(token: ComposerToken, { value, aliases = [] }: Suggestion): boolean {
  return token.query === value || aliases.includes(token.query);
}
