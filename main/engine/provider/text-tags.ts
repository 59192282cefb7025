/**
 * Splits text that carries tags: thinking in `<think>` at the start of an answer, and calls that small local models write as
 * `<tool_call>{"name": ..., "arguments": {...}}</tool_call>` at its end. Pure apart from what it remembers between pushes.
 * A tag can arrive in pieces, so what may be the beginning of one is held back until it is clear.
 */
export interface TaggedText {
  readonly text: string;
  readonly thinking: string;
}

export interface TagSplitter {
  push(text: string): TaggedText;
  /** What was held back. `calls` are the bodies of the call tags that end the answer; elsewhere they are text. */
  end(): TaggedText & { readonly calls: readonly string[] };
}

const THINK_OPEN = '<think>';
const THINK_CLOSE = '</think>';
const CALL_OPEN = '<tool_call>';
const CALL_ONLY = /^(?:<tool_call>([\s\S]*?)<\/tool_call>\s*)+$/;

export function createTagSplitter(): TagSplitter {
  let mode: 'start' | 'thinking' | 'gap' | 'text' | 'call' = 'start';
  let held = '';

  const step = (): TaggedText | undefined => {
    switch (mode) {
      case 'start': {
        const body = held.trimStart();
        if (body.startsWith(THINK_OPEN)) {
          held = body.slice(THINK_OPEN.length);
          mode = 'thinking';
          return { text: '', thinking: '' };
        }
        if (THINK_OPEN.startsWith(body)) return undefined; // still nothing, or the beginning of a tag
        mode = 'text';
        return { text: '', thinking: '' };
      }
      case 'thinking': {
        const close = held.indexOf(THINK_CLOSE);
        const cut = close === -1 ? held.length - partialTagChars(held, THINK_CLOSE) : close;
        const thinking = held.slice(0, cut);
        held = held.slice(close === -1 ? cut : cut + THINK_CLOSE.length);
        if (close === -1) return thinking === '' ? undefined : { text: '', thinking };
        mode = 'gap';
        return { text: '', thinking };
      }
      case 'gap': {
        // Blank lines between thinking and answer belong to neither.
        held = held.trimStart();
        if (held === '') return undefined;
        mode = 'text';
        return { text: '', thinking: '' };
      }
      case 'text': {
        const open = held.indexOf(CALL_OPEN);
        const cut = open === -1 ? held.length - partialTagChars(held, CALL_OPEN) : open;
        const text = held.slice(0, cut);
        held = held.slice(cut);
        if (open !== -1) mode = 'call';
        return text === '' ? undefined : { text, thinking: '' };
      }
      case 'call': {
        // Held to the end: only an answer that ends with calls means them as calls.
        return undefined;
      }
    }
  };

  return {
    push(text) {
      held += text;
      let out: TaggedText = { text: '', thinking: '' };
      for (let part = step(); part !== undefined; part = step()) {
        out = { text: out.text + part.text, thinking: out.thinking + part.thinking };
      }
      return out;
    },
    end() {
      const rest = held;
      held = '';
      if (mode === 'thinking') return { text: '', thinking: rest, calls: [] };
      if (mode === 'call' && CALL_ONLY.test(rest.trimEnd())) {
        return { text: '', thinking: '', calls: [...rest.matchAll(/<tool_call>([\s\S]*?)<\/tool_call>/g)].map((match) => match[1] ?? '') };
      }
      return { text: rest, thinking: '', calls: [] };
    },
  };
}

/** How many characters at the end of `text` are the beginning of `tag`. */
function partialTagChars(text: string, tag: string): number {
  for (let chars = Math.min(tag.length - 1, text.length); chars > 0; chars -= 1) {
    if (tag.startsWith(text.slice(-chars))) return chars;
  }
  return 0;
}
