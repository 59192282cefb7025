/**
 * Splits text that contains more than text: thinking in `<think>` at the start of an answer, and calls of small local models, at
 * its end in `<tool_call>` or `<function=…>`, or as an answer that is only their JSON. Pure except for its state between pushes.
 * A tag can arrive in pieces, so a possible beginning of one is held back until it is complete or ruled out.
 */
export interface TaggedText {
  readonly text: string;
  readonly thinking: string;
}

export interface TagSplitter {
  push(text: string): TaggedText;
  /**
   * What was held back. `calls` are the bodies of possible calls, `held` is the text they came from: the caller uses one of the
   * two.
   */
  end(): TaggedText & { readonly calls: readonly string[]; readonly held: string };
}

const THINK_OPEN = '<think>';
const THINK_CLOSE = '</think>';
const CALL_OPENS = ['<tool_call>', '<function='] as const;
const TAGGED_ONLY = /^(?:\s*<tool_call>[\s\S]*?<\/tool_call>)+\s*$/;
/** Qwen3-Coder sometimes omits the outer tag, at the beginning or at the end. */
const FUNCTIONS_ONLY = /^(?:\s*(?:<tool_call>\s*)?<function=[^>\s]+>[\s\S]*?<\/function>(?:\s*<\/tool_call>)?)+\s*$/;
const JSON_CALL = '{"name":';

/** `callsAsText` false: no tools were offered, so no text is held back as a possible call. */
export function createTagSplitter({ callsAsText = true }: { readonly callsAsText?: boolean } = {}): TagSplitter {
  let mode: 'start' | 'thinking' | 'gap' | 'opening' | 'text' | 'call' = 'start';
  let held = '';

  const nothing: TaggedText = { text: '', thinking: '' };
  const enter = (next: typeof mode): TaggedText => {
    mode = next;
    return nothing;
  };

  const step = (): TaggedText | undefined => {
    switch (mode) {
      case 'start': {
        const body = held.trimStart();
        if (body.startsWith(THINK_OPEN)) {
          held = body.slice(THINK_OPEN.length);
          return enter('thinking');
        }
        if (THINK_OPEN.startsWith(body)) return undefined; // still nothing, or the beginning of a tag
        return enter('opening');
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
        return held === '' ? undefined : enter('opening');
      }
      case 'opening': {
        const body = held.trimStart();
        if (body === '') return undefined;
        if (!callsAsText) return enter('text');
        const json = body.replace(/^```(?:json)?\s/, '').replace(/\s+/g, '');
        if (json.startsWith(JSON_CALL)) return enter('call');
        return JSON_CALL.startsWith(json) || '```json'.startsWith(json) ? undefined : enter('text');
      }
      case 'text': {
        const opens = callsAsText ? CALL_OPENS : [];
        const open = Math.min(...opens.map((tag) => (held.includes(tag) ? held.indexOf(tag) : Number.POSITIVE_INFINITY)));
        const cut = Number.isFinite(open) ? open : held.length - Math.max(0, ...opens.map((tag) => partialTagChars(held, tag)));
        const text = held.slice(0, cut);
        held = held.slice(cut);
        if (Number.isFinite(open)) mode = 'call';
        return text === '' ? undefined : { text, thinking: '' };
      }
      case 'call': {
        // Held until the end: calls written as text count only at the end of an answer.
        return undefined;
      }
    }
  };

  return {
    push(text) {
      held += text;
      let out: TaggedText = nothing;
      for (let part = step(); part !== undefined; part = step()) {
        out = { text: out.text + part.text, thinking: out.thinking + part.thinking };
      }
      return out;
    },
    end() {
      const rest = held;
      held = '';
      if (mode === 'thinking') return { text: '', thinking: rest, calls: [], held: '' };
      const calls = mode === 'call' ? callBodies(rest) : [];
      return calls.length === 0 ? { text: rest, thinking: '', calls, held: '' } : { text: '', thinking: '', calls, held: rest };
    },
  };
}

function callBodies(rest: string): readonly string[] {
  if (FUNCTIONS_ONLY.test(rest)) return [...rest.matchAll(/<function=[^>\s]+>[\s\S]*?<\/function>/g)].map((match) => match[0]);
  if (TAGGED_ONLY.test(rest)) return [...rest.matchAll(/<tool_call>([\s\S]*?)<\/tool_call>/g)].map((match) => match[1] ?? '');
  return /^[\s`]*(?:json\s*)?\{/.test(rest) ? [rest] : [];
}

/** How many characters at the end of `text` are the beginning of `tag`. */
function partialTagChars(text: string, tag: string): number {
  for (let chars = Math.min(tag.length - 1, text.length); chars > 0; chars -= 1) {
    if (tag.startsWith(text.slice(-chars))) return chars;
  }
  return 0;
}
