import type { Virtualizer } from '@tanstack/react-virtual';
import { staysAtEnd } from './stick.ts';

/** The parts of the virtual list and of its scroll element that are used here. */
export interface ScrolledList extends Pick<Virtualizer<HTMLDivElement, Element>, 'scrollOffset'> {
  readonly scrollElement: Pick<HTMLDivElement, 'scrollTop' | 'scrollHeight' | 'clientHeight'> | null;
}

/**
 * Where the reader is in a list that also scrolls by itself. The browser reports a scroll with the next frame; a list that
 * corrects its position before that would undo the scroll. So `sync` adds what the reader has scrolled to the position of
 * the list, and `noteOwn` excludes what the list has scrolled.
 */
export class ReaderPosition {
  /** Whether the view follows the end of the list. */
  isAtEnd = true;
  /** The scroll position at the last `look`. Unit: px. */
  #lastPx = 0;
  /** The scroll position that the list knows. Unit: px. */
  #listPx = 0;

  /** Decides whether the view still follows the end. */
  look({ scrollElement }: ScrolledList): void {
    if (!scrollElement) return;
    const { scrollTop, scrollHeight, clientHeight } = scrollElement;
    const moved = scrollTop - this.#lastPx;
    this.#lastPx = scrollTop;
    this.isAtEnd = staysAtEnd(this.isAtEnd, { distance: scrollHeight - scrollTop - clientHeight, moved });
  }

  /** Looks, and corrects the position of the list. Call it before the list uses its position for a new layout. */
  sync(list: ScrolledList): void {
    this.look(list);
    const top = list.scrollElement?.scrollTop ?? this.#listPx;
    if (list.scrollOffset !== null) list.scrollOffset += top - this.#listPx;
    this.#listPx = top;
  }

  /** Call it after the list has scrolled the element or has read its position. */
  noteOwn({ scrollElement }: ScrolledList): void {
    if (!scrollElement) return;
    this.#lastPx = scrollElement.scrollTop;
    this.#listPx = scrollElement.scrollTop;
  }
}
