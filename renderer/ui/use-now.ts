import { useEffect, useState } from 'react';

/** The current time, updated every `everyMs` while `active`: for elapsed times and countdowns. Unit: epoch ms. */
export function useNow(everyMs: number, active = true): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    if (!active) return;
    setNowMs(Date.now());
    const timer = setInterval(() => setNowMs(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, active]);
  return nowMs;
}
