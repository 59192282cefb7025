/** The page's side of the highlighting worker, which starts with the first block of code. */
import type { HighlightAnswer, HighlightQuestion } from './highlight-protocol.ts';

type Lines = HighlightAnswer['lines'];

/** Longer code stays plain: highlighting it would cost too much memory. Unit: UTF-16 units. */
const MAX_CODE_CHARS = 60_000;
/** Blocks that scroll out of the virtual list and back are not highlighted again. */
const CACHED_BLOCKS = 200;

const cache = new Map<string, Promise<Lines>>();
const waiting = new Map<number, (lines: Lines) => void>();
let worker: Worker | undefined;
let nextId = 1;

function theWorker(): Worker {
  if (worker) return worker;
  worker = new Worker(new URL('./highlight.worker.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('message', ({ data }: MessageEvent<HighlightAnswer>) => {
    waiting.get(data.id)?.(data.lines);
    waiting.delete(data.id);
  });
  worker.addEventListener('error', () => {
    // If the worker cannot start, the code stays plain.
    for (const resolve of waiting.values()) resolve([]);
    waiting.clear();
  });
  return worker;
}

/** The highlighted lines of a block; empty if it stays plain. Never rejects. */
export function highlight(code: string, language: string): Promise<Lines> {
  if (code.length > MAX_CODE_CHARS || typeof Worker === 'undefined') return Promise.resolve([]);
  const key = `${language}\n${code}`;
  const cached = cache.get(key);
  if (cached) return cached;
  const answer = new Promise<Lines>((resolve) => {
    const id = nextId++;
    waiting.set(id, resolve);
    theWorker().postMessage({ id, code, language } satisfies HighlightQuestion);
  });
  cache.set(key, answer);
  for (const oldest of cache.keys()) {
    if (cache.size <= CACHED_BLOCKS) break;
    cache.delete(oldest);
  }
  return answer;
}
