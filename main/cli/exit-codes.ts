import type { ErrorCode } from '../../preload/contract/index.ts';

/** Source: docs/formats.md 3.3; when its two versions differ, the later one. */
export const EXIT = {
  success: 0,
  failure: 1,
  /** Flags that are unknown, wrong, or contradict each other. */
  badFlags: 1,
  badInput: 42,
  badConfiguration: 52,
  turnLimit: 53,
  /** A limit of tool calls or of time. */
  budget: 55,
} as const;

/** Errors that only the user's settings or flags can fix; found before anything is sent to a model. */
const CONFIGURATION_CODES: readonly ErrorCode[] = [
  'no_model',
  'missing_api_key',
  'endpoint_untrusted',
  'settings_broken',
  'settings_unwritable',
  'keyring_unavailable',
  'consent_required',
];

export function exitCodeOf(code: ErrorCode): number {
  if (code === 'bad_params') return EXIT.badInput;
  return CONFIGURATION_CODES.includes(code) ? EXIT.badConfiguration : EXIT.failure;
}

/** The `type` of an error object on standard error, as programs written for Qwen Code expect it. */
export function errorTypeOf(exitCode: number): string {
  switch (exitCode) {
    case EXIT.badInput:
      return 'FatalInputError';
    case EXIT.badConfiguration:
      return 'FatalConfigError';
    case EXIT.turnLimit:
      return 'FatalTurnLimitedError';
    case EXIT.budget:
      return 'FatalBudgetExceededError';
    default:
      return 'AlreadyReportedError';
  }
}
