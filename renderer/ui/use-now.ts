import { useEffect, useState } from 'react';

/** The current time, updated every `everyMs` while `active`: for elapsed times and countdowns. Unit: epoch ms. */
export function useNow(everyMs: number, active = true): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    if (!active) return;
    setNowMs(Date.now());
    const ticker = tickers.get(everyMs) ?? createTicker(everyMs);
    tickers.set(everyMs, ticker);
    return ticker(setNowMs);
  }, [everyMs, active]);
  return nowMs;
}

type Listener = (nowMs: number) => void;
/** Adds a listener, and returns a function that removes it. */
type Ticker = (listener: Listener) => () => void;

const tickers = new Map<number, Ticker>();

/** One timer for all listeners, so that the page changes once and is painted once. It rests while the window is hidden. */
function createTicker(everyMs: number): Ticker {
  const listeners = new Set<Listener>();
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = () => {
    for (const listener of listeners) listener(Date.now());
  };
  const update = () => {
    if (listeners.size > 0 && !document.hidden) timer ??= setInterval(tick, everyMs);
    else {
      clearInterval(timer);
      timer = undefined;
    }
  };
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) tick();
    update();
  });
  return (listener) => {
    listeners.add(listener);
    update();
    return () => {
      listeners.delete(listener);
      update();
    };
  };
}
