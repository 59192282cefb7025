/** What jsdom leaves out and the window's components need in order to mount. It lays nothing out, so nothing is reported. */
class SilentObserver implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
globalThis.ResizeObserver ??= SilentObserver;

/** Lists bring the chosen row into view; there is no view. */
Element.prototype.scrollIntoView ??= () => undefined;
