const KEY = 'gantry.token';

/**
 * The server's access token. It comes from the fragment of the address (`#token=...`), which never reaches a server or a log;
 * after that it is in this tab's session storage. The fragment is removed at once, so that it is not bookmarked or shared.
 */
export function takeToken(location: Location, history: History, storage: Storage): string | undefined {
  const fromAddress = new URLSearchParams(location.hash.slice(1)).get('token');
  if (fromAddress === null) return storage.getItem(KEY) ?? undefined;
  storage.setItem(KEY, fromAddress);
  history.replaceState(null, '', location.pathname + location.search);
  return fromAddress;
}
