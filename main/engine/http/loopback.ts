import { isLoopbackHost } from '../../../preload/contract/index.ts';

/** Whether a URL leads to this machine. Errors: throws for what is no URL. */
export function isLoopback(url: string): boolean {
  return isLoopbackHost(new URL(url).hostname);
}
