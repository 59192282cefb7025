import { type RefObject, type UIEvent, useRef } from 'react';

/** The parts of a card that scroll. `data-partial` marks content of which only a part is in the page. */
const SCROLLS = 'pre, [role="region"]';

export interface SeenWhole {
  readonly onScrollCapture: (event: UIEvent) => void;
  /** Whether the end of everything in the card has been in view; otherwise scrolls to the next part that has not. */
  readonly seenOrScroll: () => boolean;
}

/** Whether the user can have seen all that an approval covers. A new `digest` starts again. */
export function useSeenWhole(card: RefObject<HTMLElement | null>, digest: string): SeenWhole {
  const seen = useRef({ digest, ends: new Set<Element>() });
  if (seen.current.digest !== digest) seen.current = { digest, ends: new Set() };
  const isSeen = (element: Element) => seen.current.ends.has(element) || isAtEnd(element);
  return {
    onScrollCapture: ({ target }) => {
      if (target instanceof Element && isAtEnd(target)) seen.current.ends.add(target);
    },
    seenOrScroll() {
      const unseen = [...(card.current?.querySelectorAll(SCROLLS) ?? [])].find((element) => !isSeen(element));
      if (unseen === undefined) return (card.current?.querySelector('[data-partial]') ?? null) === null;
      unseen.scrollTop += unseen.clientHeight * 0.9;
      return false;
    },
  };
}

/** One pixel less, because the positions are rounded. */
function isAtEnd({ scrollTop, clientHeight, scrollHeight }: Element): boolean {
  return scrollTop + clientHeight >= scrollHeight - 1;
}
