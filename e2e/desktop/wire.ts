/** What the stand-in (in the main process) and the browser that plays its windows (in the test) say to each other. */

/** Options of a BrowserWindow as the app gave them, without what cannot be cloned. */
export type WindowOptions = Record<string, unknown>;

export type ToTest =
  | { readonly t: 'window'; readonly windowId: number; readonly options: WindowOptions }
  | { readonly t: 'load'; readonly windowId: number; readonly url: string }
  | { readonly t: 'closed'; readonly windowId: number }
  | { readonly t: 'send'; readonly windowId: number; readonly channel: string; readonly args: readonly unknown[] }
  | { readonly t: 'called'; readonly name: string; readonly args: readonly unknown[] }
  | { readonly t: 'ask'; readonly askId: number; readonly name: string; readonly args: readonly unknown[] }
  | {
      readonly t: 'response';
      readonly requestId: number;
      readonly status: number;
      readonly headers: Record<string, string>;
      readonly body: Uint8Array;
    }
  | { readonly t: 'verdict'; readonly requestId: number; readonly allowed: boolean };

export type ToMain =
  | { readonly t: 'request'; readonly requestId: number; readonly url: string; readonly method: string }
  | {
      readonly t: 'message';
      readonly windowId: number;
      readonly channel: string;
      readonly args: readonly unknown[];
      readonly frameUrl: string;
      readonly isMainFrame: boolean;
    }
  /** The page has begun to load `url`: what was there is gone. */
  | { readonly t: 'navigating'; readonly windowId: number; readonly url: string }
  /** The page wants to go elsewhere, or to open a window: may it? */
  | { readonly t: 'judge'; readonly requestId: number; readonly windowId: number; readonly what: 'navigate' | 'open'; readonly url: string }
  | { readonly t: 'painted'; readonly windowId: number }
  | { readonly t: 'crashed'; readonly windowId: number }
  /** The page does not answer any more, or again. */
  | { readonly t: 'hangs'; readonly windowId: number; readonly hangs: boolean }
  | { readonly t: 'close'; readonly windowId: number }
  /** The person looks at something else. */
  | { readonly t: 'blur'; readonly windowId: number }
  /** The notification that was shown as number `index` is clicked. */
  | { readonly t: 'notification'; readonly index: number }
  | { readonly t: 'menu'; readonly label: string }
  | { readonly t: 'app'; readonly event: string; readonly args: readonly unknown[] }
  | { readonly t: 'quit' }
  | { readonly t: 'answer'; readonly askId: number; readonly value: unknown };
