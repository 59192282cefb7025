declare const __GANTRY_VERSION__: string | undefined;

/** The package's version, inserted by the build; there is none when running from source. */
export const GANTRY_VERSION: string = typeof __GANTRY_VERSION__ === 'undefined' ? '0.0.0-source' : __GANTRY_VERSION__;
