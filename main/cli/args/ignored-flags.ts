/**
 * Flags of Qwen Code that change nothing here: they are accepted, so that its scripts run, and each is named in a line on standard
 * error. Pure. Source: `qwen --help` of 0.24.4.
 */
import type { ParseArgsOptionDescriptor } from 'node:util';

const NOTHING_REPORTED = 'Gantry reports nothing to anyone.';
const NO_EXTENSIONS = 'Gantry has no extensions.';

/** `why` completes "has no effect: ". A switch may have `=true` or `=false`, or `no-` before its name. */
const IGNORED: Readonly<Record<string, { readonly isSwitch?: true; readonly short?: string; readonly why: string }>> = {
  telemetry: { isSwitch: true, why: NOTHING_REPORTED },
  'telemetry-target': { why: NOTHING_REPORTED },
  'telemetry-otlp-endpoint': { why: NOTHING_REPORTED },
  'telemetry-otlp-protocol': { why: NOTHING_REPORTED },
  'telemetry-log-prompts': { isSwitch: true, why: NOTHING_REPORTED },
  'telemetry-outfile': { why: NOTHING_REPORTED },
  'screen-reader': { isSwitch: true, why: 'the output is plain text.' },
  'experimental-lsp': { isSwitch: true, why: 'Gantry uses no language servers.' },
  checkpointing: { isSwitch: true, why: 'changes of files are always kept for undoing.' },
  'show-memory-usage': { isSwitch: true, why: 'there is no terminal screen.' },
  'sandbox-image': { why: 'the setting tools.executionSandbox needs no image.' },
  'fallback-model': { why: 'Gantry uses only the model you chose.' },
  extensions: { short: 'e', why: NO_EXTENSIONS },
};

export const IGNORED_SWITCHES: readonly string[] = Object.keys(IGNORED).filter((name) => IGNORED[name]?.isSwitch === true);

export const IGNORED_FLAGS: Readonly<Record<string, ParseArgsOptionDescriptor>> = Object.fromEntries(
  Object.entries(IGNORED).map(([name, { short }]) => [
    name,
    { type: 'string', multiple: true, ...(short === undefined ? {} : { short }) } satisfies ParseArgsOptionDescriptor,
  ]),
);

/** One line for each of them that was given. */
export function describeIgnored(values: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(IGNORED).flatMap(([name, { why }]) => (values[name] === undefined ? [] : [`--${name} has no effect: ${why}`]));
}
