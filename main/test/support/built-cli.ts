/** The built command line, as users run it: `resources/scripts/lib/build-first.mjs` builds it before the tests that start it. */
export const CLI: string = new URL('../../../dist/main/cli.js', import.meta.url).pathname;
