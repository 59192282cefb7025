/** Messages between the stand-in (in the main process) and the browser that shows its windows (in the test). */

/** Options of a BrowserWindow as the app passed them, without values that cannot be cloned. */
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
  /** The page has begun to load `url` and replaced the previous one. */
  | { readonly t: 'navigating'; readonly windowId: number; readonly url: string }
  /** The page requests a navigation or a new window. */
  | { readonly t: 'judge'; readonly requestId: number; readonly windowId: number; readonly what: 'navigate' | 'open'; readonly url: string }
  | { readonly t: 'painted'; readonly windowId: number }
  | { readonly t: 'crashed'; readonly windowId: number }
  /** The page stopped responding, or responds again. */
  | { readonly t: 'hangs'; readonly windowId: number; readonly hangs: boolean }
  | { readonly t: 'close'; readonly windowId: number }
  /** The user switches to another window. */
  | { readonly t: 'blur'; readonly windowId: number }
  /** The notification with number `index` is clicked. */
  | { readonly t: 'notification'; readonly index: number }
  | { readonly t: 'menu'; readonly label: string }
  | { readonly t: 'app'; readonly event: string; readonly args: readonly unknown[] }
  | { readonly t: 'quit' }
  | { readonly t: 'answer'; readonly askId: number; readonly value: unknown };
