import { ClientError } from '../rpc/index.ts';
import { strings } from '../strings.ts';

/** What went wrong, for people. The host writes its messages for them, so they are shown as they are. */
export function errorText(error: unknown): string {
  if (error instanceof ClientError) return error.message;
  return error instanceof Error && error.message !== '' ? error.message : strings.error.unknown;
}
