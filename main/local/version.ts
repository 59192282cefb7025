declare const __GANTRY_VERSION__: string | undefined;

/** The package's version, inserted by the build; there is none when running from source. */
export const GANTRY_VERSION: string = typeof __GANTRY_VERSION__ === 'undefined' ? '0.0.0-source' : __GANTRY_VERSION__;

/** The release of Qwen Code whose protocol, flags and files this program speaks; its clients compare it. */
export const QWEN_CODE_VERSION = '0.24.4';
