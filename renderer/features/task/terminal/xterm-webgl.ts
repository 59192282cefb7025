import { WebglAddon } from '@xterm/addon-webgl';
import type { Terminal } from '@xterm/xterm';

/** Undefined if the machine has no WebGL: the DOM renderer is already active. */
export function loadWebgl(terminal: Terminal, lost: () => void): WebglAddon | undefined {
  if (drawnByProcessor()) return undefined;
  const addon = new WebglAddon();
  try {
    addon.onContextLoss(() => {
      addon.dispose();
      lost();
    });
    terminal.loadAddon(addon);
    return addon;
  } catch {
    // The driver failed after all, so the DOM renderer is used.
    addon.dispose();
    return undefined;
  }
}

/** Without a GPU, WebGL is slower than the DOM renderer. Checked once: the machine does not change. */
let processorDraws: boolean | undefined;
function drawnByProcessor(): boolean {
  processorDraws ??= probeRenderer();
  return processorDraws;
}

function probeRenderer(): boolean {
  const context = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (context === null) return true;
  const names = context.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(context.getParameter(names === null ? context.RENDERER : names.UNMASKED_RENDERER_WEBGL));
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return /swiftshader|llvmpipe|software|basic render/i.test(renderer);
}
