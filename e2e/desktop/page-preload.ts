/**
 * What an init script runs in the page before the page's own scripts: the built preload, with a `require` that provides only
 * `electron`, limited to what a sandboxed preload may use. Its text is sent to the page, so it must not use anything outside.
 */
function runPreload(preload: (require: (name: string) => unknown, module: object, exports: object) => void): void {
  const listeners = new Map<string, Set<(event: object, ...args: unknown[]) => void>>();
  const post: unknown = Reflect.get(globalThis, '__gantryPost'); // Playwright's binding
  if (typeof post !== 'function') throw new Error('the binding is missing');
  Reflect.deleteProperty(globalThis, '__gantryPost');

  const electron = {
    contextBridge: {
      exposeInMainWorld: (name: string, api: object) => Object.defineProperty(globalThis, name, { value: Object.freeze(api) }),
    },
    ipcRenderer: {
      // As in Electron: a clone, so that a function in it throws here.
      send: (channel: string, ...args: unknown[]) => void post({ channel, args: structuredClone(args) }),
      on: (channel: string, listener: (event: object, ...args: unknown[]) => void) => {
        listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener));
      },
      off: (channel: string, listener: (event: object, ...args: unknown[]) => void) => void listeners.get(channel)?.delete(listener),
    },
  };
  Object.assign(electron, { webUtils: { getPathForFile: () => '' } }); // a file that a test makes lies nowhere
  Object.defineProperty(globalThis, '__gantryDeliver', {
    value: (channel: string, args: readonly unknown[]) => {
      for (const listener of listeners.get(channel) ?? []) listener({}, ...args);
    },
  });
  const knowsOnlyElectron = (name: string) => {
    if (name !== 'electron') throw new Error(`a sandboxed preload cannot require ${name}`);
    return electron;
  };
  preload(knowsOnlyElectron, { exports: {} }, {});
}

/** The init script's text. It contains the preload as it was built, because the page's policy forbids evaluating strings. */
export function preloadScript(source: string): string {
  return `(${runPreload.toString()})(function (require, module, exports) {\n${source}\n});`;
}
