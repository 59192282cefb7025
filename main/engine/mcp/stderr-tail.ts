/** A server's standard error: part of it goes to the log, the last lines are for people. Secrets of its settings are masked. */
import { StringDecoder } from 'node:string_decoder';
import { redactText } from '../lib/redact.ts';
import { plainText } from './tool-listing.ts';

const KEPT_LINES = 12;
const MAX_LINE_CHARS = 400;
/** Of one run of a server. */
const MAX_LOGGED_LINES = 200;

export interface StderrTail {
  push(chunk: Buffer): void;
  lines(): readonly string[];
}

export function createStderrTail(secrets: readonly string[], log: (line: string) => void): StderrTail {
  const decoder = new StringDecoder('utf8');
  let kept: string[] = [];
  let pending = '';
  let logged = 0;
  const shown = (line: string) => redactText(plainText(line, MAX_LINE_CHARS), secrets).trimEnd();
  return {
    push(chunk) {
      const parts = (pending + decoder.write(chunk)).split('\n');
      pending = (parts.pop() ?? '').slice(-MAX_LINE_CHARS * 4);
      // A flood is not split: only its end can be kept.
      const lines = parts
        .slice(-Math.max(KEPT_LINES, MAX_LOGGED_LINES - logged))
        .map(shown)
        .filter((line) => line !== '');
      for (const line of lines.slice(0, MAX_LOGGED_LINES - logged)) log(line);
      logged = Math.min(MAX_LOGGED_LINES, logged + lines.length);
      kept = [...kept, ...lines].slice(-KEPT_LINES);
    },
    lines: () => [...kept, ...(pending.trim() === '' ? [] : [shown(pending)])].slice(-KEPT_LINES),
  };
}
