/** `node run-main.ts <main entry> [arguments]`: loads the entry unmodified, with only `electron` resolved to the stand-in. */
import { registerHooks } from 'node:module';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const standIn = new URL('./electron-stand-in.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: standIn, format: 'module-typescript', shortCircuit: true } : next(specifier, context),
});

const [entry = '', ...args] = process.argv.slice(2);
// As Electron is started in development: itself, the app's folder, then the user's arguments.
process.argv = ['electron', dirname(dirname(resolve(entry))), ...args];
await import(pathToFileURL(resolve(entry)).href);
