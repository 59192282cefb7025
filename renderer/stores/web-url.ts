/** True for addresses that the window may open outside: http and https only, so no script, file or app link. */
export function isWebUrl(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
