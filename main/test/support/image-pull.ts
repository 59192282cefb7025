/** The terminal output of an image pull: one line for each layer, redrawn in place (cursor up, erase, line, cursor down). */

export const LAYERS = ['a3ed95caeb02', '9f4d6b8f5c1e', '5d20c808ce19', '77c6c00e8b61', '0e29546d541c', '2b1fc75eb61f'];
const SIZE_MB = 48;

/** `steps` redraws after the head. Sequences as in the moby client's jsonmessage: `ESC [ n A`, `ESC [ 2K`, CR, text, CR LF or `ESC [ n B`. */
export function imagePull(steps: number): string {
  const head = ['Using default tag: latest', 'latest: Pulling from library/demo', ...LAYERS.map((layer) => `${layer}: Pulling fs layer`)];
  const redraw = (at: number, text: string) => {
    const up = LAYERS.length - at;
    return `\x1b[${up}A\x1b[2K\r${LAYERS[at]}: ${text}\r\x1b[${up}B`;
  };
  const body = Array.from({ length: steps }, (_unused, step) => {
    const at = (step * 5) % LAYERS.length;
    const done = Math.floor(step / LAYERS.length) / (steps / LAYERS.length);
    const verb = done < 0.1 ? 'Waiting' : done < 0.6 ? 'Downloading' : 'Extracting';
    return redraw(at, verb === 'Waiting' ? verb : `${verb} ${bar(done)}`);
  });
  const end = LAYERS.flatMap((_layer, at) => [
    redraw(at, 'Verifying Checksum'),
    redraw(at, 'Download complete'),
    redraw(at, 'Pull complete'),
  ]);
  const tail =
    'Digest: sha256:45b23dee08af5e43a7fea6c4cf9c25ccf269ee113168c19722f87876677c5cb2\r\nStatus: Downloaded newer image for demo:latest 漢字\r\n';
  return `${head.join('\r\n')}\r\n${body.join('')}${end.join('')}${tail}`;
}

function bar(done: number): string {
  const filled = Math.round(done * 50);
  return `[${'='.repeat(filled)}>${' '.repeat(50 - filled)}] ${(done * SIZE_MB).toFixed(2)}MB/${SIZE_MB}MB`;
}
