declare const __GANTRY_VERSION__: string | undefined;

/** The package's version, put in by the build; run from source there is none. */
export const GANTRY_VERSION: string = typeof __GANTRY_VERSION__ === 'undefined' ? '0.0.0-source' : __GANTRY_VERSION__;
