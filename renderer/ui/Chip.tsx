import type { ReactNode } from 'react';

export type Tone = 'plain' | 'run' | 'ok' | 'warn' | 'err';

const TONES: Record<Tone, string> = {
  plain: 'bg-wash text-text-2',
  run: 'bg-run-tint text-run',
  ok: 'bg-ok-tint text-ok',
  warn: 'bg-warn-tint text-warn',
  err: 'bg-err-tint text-err',
};

/** A short fact in a tinted box: a count, a status, the source of a key. */
export function Chip({ tone = 'plain', children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return <span className={`shrink-0 rounded-[5px] px-[7px] text-meta leading-[18px] whitespace-nowrap ${TONES[tone]}`}>{children}</span>;
}
