/** Converts output of a child with a non-UTF-8 locale to UTF-8 for the plain text (BT-4). */

export interface CharsetDecoder {
  push(bytes: Uint8Array): Uint8Array;
  end(): Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** The encoding label of the child's locale (`zh_CN.GBK` gives `gbk`); `utf-8` when it names none. */
export function charsetOf(env: Readonly<Record<string, string>>): string {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  const match = /\.([A-Za-z0-9_-]+)/.exec(locale);
  const label = (match?.[1] ?? 'utf-8').toLowerCase();
  return label === 'utf8' ? 'utf-8' : label;
}

/** Create one for each stream of a child. An unknown label counts as UTF-8, which needs no conversion. */
export function createCharsetDecoder(label: string): CharsetDecoder {
  const decoder = label === 'utf-8' ? undefined : decoderOf(label);
  if (decoder === undefined) return { push: (bytes) => bytes, end: () => NOTHING };
  return {
    push: (bytes) => Buffer.from(decoder.decode(bytes, { stream: true })),
    end: () => Buffer.from(decoder.decode()),
  };
}

function decoderOf(label: string): TextDecoder | undefined {
  try {
    const decoder = new TextDecoder(label);
    return decoder.encoding === 'utf-8' ? undefined : decoder;
  } catch {
    return undefined;
  }
}
