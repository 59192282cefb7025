// Served with the other assets, which are cached for good: a change of this file needs a new name.
// Before the first paint: the theme this window used last. A classic script of its own, because a module would come too
// late and the content security policy allows no inline one.
try {
  const theme = localStorage.getItem('gantry.theme');
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
} catch {
  // Without storage the system's colours are right.
}
// zod's own settings. Without `jitless` it tries at its first schema whether it may evaluate code, which the policy refuses and
// the developer tools report. `z.config` would come too late: schemas are made while the modules are loaded.
globalThis.__zod_globalConfig = { jitless: true };
