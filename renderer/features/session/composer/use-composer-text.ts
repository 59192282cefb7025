import { type RefObject, useEffect, useEffectEvent, useRef, useState } from 'react';
import { useUi } from '../../../stores/index.ts';
import { readDraft, writeDraft } from './draft.ts';
import { AT_DRAFT, walkHistory } from './prompt-history.ts';

export interface ComposerText {
  readonly text: string;
  /** Replaces the text and stores it as the draft. */
  readonly change: (next: string) => void;
  /** Called for typed text: recalling earlier prompts ends. */
  readonly type: (next: string) => void;
  /** True if an earlier or later prompt was recalled. */
  readonly recall: (direction: 'older' | 'newer') => boolean;
  /** Text that could not be sent returns to the field, unless the user has typed something meanwhile. */
  readonly giveBack: (text: string) => void;
}

/** The text of the composer: its draft, earlier prompts by arrow key, and texts from elsewhere in the window. */
export function useComposerText(
  draftKey: string,
  earlierPrompts: () => readonly string[],
  input: RefObject<HTMLTextAreaElement | null>,
): ComposerText {
  const [text, setText] = useState(() => readDraft(localStorage, draftKey));
  const [place, setPlace] = useState(AT_DRAFT);
  const focusRequests = useUi((ui) => ui.composerFocusRequests);
  const offered = useUi((ui) => (ui.offeredText?.draftKey === draftKey ? ui.offeredText.text : undefined));
  const takeOffered = useUi((ui) => ui.takeOfferedText);

  const change = (next: string) => {
    setText(next);
    writeDraft(localStorage, draftKey, next);
  };
  const type = (next: string) => {
    setPlace(AT_DRAFT);
    change(next);
  };

  /** The draft of an earlier window, until it is known whether it was sent: storage may lose the last seconds before a crash. */
  const restored = useRef(text);
  useEffect(() => {
    if (restored.current === '') return;
    const [newest] = earlierPrompts();
    if (newest === undefined) return; // the session is not loaded yet, or is new
    if (newest === restored.current && newest === text) change('');
    restored.current = '';
  });

  useEffect(() => {
    if (focusRequests > 0) input.current?.focus();
  }, [focusRequests, input]);
  const insert = useEffectEvent((words: string) => {
    // The current text is kept, below.
    type(text.trim() === '' ? words : `${words}\n\n${text}`);
    takeOffered();
    input.current?.focus();
  });
  useEffect(() => {
    if (offered !== undefined) insert(offered);
  }, [offered]);

  return {
    text,
    change,
    type,
    recall(direction) {
      const element = input.current;
      const edge = direction === 'older' ? 0 : text.length;
      // Inside a text, the arrow keys move the caret.
      if (!element || element.selectionStart !== element.selectionEnd || (place.index === undefined && element.selectionStart !== edge))
        return false;
      const walked = walkHistory(place, earlierPrompts(), direction, text);
      if (!walked) return false;
      setPlace(walked.place);
      change(walked.text);
      return true;
    },
    giveBack(words) {
      setText((now) => (now === '' ? words : now));
      if (readDraft(localStorage, draftKey) === '') writeDraft(localStorage, draftKey, words);
    },
  };
}
