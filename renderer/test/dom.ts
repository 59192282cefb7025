/** What jsdom lacks and the window's components need to mount. It has no layout, so nothing is reported. */
class SilentObserver implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
globalThis.ResizeObserver ??= SilentObserver;

/** Lists scroll the selected row into view; jsdom has no view. */
Element.prototype.scrollIntoView ??= () => undefined;
