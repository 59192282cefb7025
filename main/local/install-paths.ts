import { join } from 'node:path';

/** The paths when running from TypeScript source or from the build, where every chunk lies in `dist/main`. */
export const IS_SOURCE: boolean = import.meta.filename.endsWith('.ts');

const here = import.meta.dirname;

/** The built page; when running from source it exists only after a build. */
export const RENDERER_ROOT: string = IS_SOURCE ? join(here, '..', '..', 'dist', 'renderer') : join(here, '..', 'renderer');

/** Entry of the process that owns the terminals. Tests name the built one, which starts in half the time. */
export const PTY_HOST_ENTRY: string = IS_SOURCE
  ? (process.env['GANTRY_TEST_PTY_HOST'] ?? join(here, '..', 'pty-host', 'main.ts'))
  : join(here, 'pty-host.js');
