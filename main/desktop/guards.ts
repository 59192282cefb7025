import { app, session } from 'electron';
import { isAppUrl } from './app-protocol.ts';
import { pathOfFileUrl } from './open-target.ts';

/** Copying starts with a click on a button of the page, and reads nothing. */
const ALLOWED_PERMISSION = 'clipboard-sanitized-write';

/**
 * Keeps every page of this app at its address: no navigation, no new window, no webview, no permission. Chromium opens a file or
 * folder that was dropped on the window, and that the page has not taken, in a new window: its path goes to `onDropped` instead.
 */
export function installGuards(onDropped: (path: string) => void): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => {
      if (!isAppUrl(event.url)) event.preventDefault();
    });
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url, disposition }) => {
      // The page itself cannot ask for a file: Chromium lets no page of another scheme do that.
      const path = disposition === 'foreground-tab' ? pathOfFileUrl(url) : undefined;
      if (path !== undefined) onDropped(path);
      return { action: 'deny' };
    });
  });
}

/** Order: call it after the app is ready. */
export function denyPermissions(): void {
  const isAllowed = (permission: string, url: string) => permission === ALLOWED_PERMISSION && isAppUrl(url);
  session.defaultSession.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
    answer(isAllowed(permission, requestingUrl)),
  );
  session.defaultSession.setPermissionCheckHandler((_contents, permission, origin) => isAllowed(permission, origin));
}
