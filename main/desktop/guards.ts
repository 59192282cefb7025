import { fileURLToPath } from 'node:url';
import { app, session } from 'electron';
import { isAppUrl } from './app-protocol.ts';

/** Copying starts with a click on a button of the page, and reads nothing. */
const ALLOWED_PERMISSION = 'clipboard-sanitized-write';

/**
 * Keeps every page of this app at its address: no navigation, no new window, no webview, no permission. A file or folder
 * dropped on the window is such a navigation; its path goes to `onDropped`.
 */
export function installGuards(onDropped: (path: string) => void): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => {
      if (isAppUrl(event.url)) return;
      event.preventDefault();
      const path = pathOf(event.url);
      if (path !== undefined) onDropped(path);
    });
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
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

/** Undefined for a URL that is not a file on this machine: another scheme, another host, an encoded slash. */
function pathOf(url: string): string | undefined {
  if (!url.startsWith('file://')) return undefined;
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}
