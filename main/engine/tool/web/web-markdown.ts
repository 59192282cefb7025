/** Converts a page to text that a model can read. The libraries are loaded with the first page. */

/** A longer HTML page takes seconds to convert and is too long for a model. Unit: UTF-16 code units. */
const MAX_HTML_CHARS = 1_000_000;
/**
 * The libraries' time grows with the square of the depth: ten thousand took 12 s, 200 took 5 ms. Ordinary pages have under
 * 60.
 */
const MAX_DEPTH = 400;
/** They have no end tag, or often none. */
const WITHOUT_END = /^(area|base|br|col|dd|dt|embed|hr|img|input|li|link|meta|option|p|param|source|tbody|td|th|thead|tr|track|wbr)$/i;

/** From the header, then from the page's own declaration, else UTF-8. Unknown labels count as UTF-8. */
export function decodePage(body: Uint8Array, contentType: string): string {
  const start = Buffer.from(body.subarray(0, 2048)).toString('latin1');
  const label =
    /charset\s*=\s*["']?([\w-]+)/i.exec(contentType)?.[1] ?? /<meta[^<>]{1,200}charset\s*=\s*["']?([\w-]+)/i.exec(start)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(label).decode(body);
  } catch {
    return new TextDecoder().decode(body); // an unknown label
  }
}

/**
 * The article of a page, or the whole page if there is none, as Markdown with absolute links.
 * Errors: none; a page that the libraries cannot convert becomes its bare text.
 */
export async function htmlToMarkdown(html: string, url: string): Promise<{ readonly title: string; readonly text: string }> {
  const source = withoutCode(html).slice(0, MAX_HTML_CHARS);
  if (depthOf(source) > MAX_DEPTH) return { title: '', text: bareText(source) };
  try {
    return await convert(source, url);
  } catch {
    return { title: '', text: bareText(source) }; // malformed HTML must not fail the call
  }
}

async function convert(source: string, url: string): Promise<{ readonly title: string; readonly text: string }> {
  const [{ parseHTML }, { Readability }, { default: Turndown }] = await Promise.all([
    import('linkedom'),
    import('@mozilla/readability'),
    import('turndown'),
  ]);
  const { document } = parseHTML(source);
  for (const node of document.querySelectorAll('script,style,noscript,template,svg,iframe')) node.remove();
  for (const link of document.querySelectorAll('a[href]')) absolute(link, 'href', url);
  for (const image of document.querySelectorAll('img[src]')) absolute(image, 'src', url);
  const whole = document.body?.innerHTML || source;
  const title = document.title;
  const article = new Readability(document, { charThreshold: 200 }).parse();
  const turndown = new Turndown({ headingStyle: 'atx', codeBlockStyle: 'fenced', bulletListMarker: '-' });
  const content = article?.content ?? '';
  const text = turndown.turndown(content === '' ? whole : content);
  return { title: article?.title || title, text: text.replace(/\n{3,}/g, '\n\n') };
}

interface AttributeHolder {
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
}

/** Images as data are not readable text. */
function absolute(element: AttributeHolder, name: 'href' | 'src', base: string): void {
  const value = element.getAttribute(name) ?? '';
  if (/^\s*(data|javascript):/i.test(value)) element.removeAttribute(name);
  else if (URL.canParse(value, base)) element.setAttribute(name, new URL(value, base).href);
}

export function bareText(html: string): string {
  return withoutCode(html)
    .replace(/<[^<>]*>/g, ' ')
    .replace(/[ \t]+/g, ' ')
    .replace(/\s*\n\s*/g, '\n')
    .trim();
}

/** By position, not with one expression: a page of only opening tags would keep that busy for minutes. */
function withoutCode(html: string): string {
  const lower = html.toLowerCase();
  const kept: string[] = [];
  let from = 0;
  for (const { index, 1: name = '' } of lower.matchAll(/<(script|style)\b/g)) {
    if (index < from) continue;
    const end = lower.indexOf(`</${name}`, index);
    kept.push(html.slice(from, index));
    if (end === -1) return kept.join(' ');
    const close = lower.indexOf('>', end);
    from = close === -1 ? html.length : close + 1;
  }
  return [...kept, html.slice(from)].join(' ');
}

function depthOf(html: string): number {
  let depth = 0;
  let deepest = 0;
  for (const { 1: slash, 2: name = '' } of html.matchAll(/<(\/?)([a-z][a-z0-9-]*)/gi)) {
    if (WITHOUT_END.test(name)) continue;
    depth = slash === '/' ? Math.max(0, depth - 1) : depth + 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
