import { isLoopbackHost } from '../../../preload/contract/index.ts';

/** Whether a URL leads to this machine. Errors: throws if the text is not a URL. */
export function isLoopback(url: string): boolean {
  return isLoopbackHost(new URL(url).hostname);
}
