import { ClientError } from '../rpc/index.ts';
import { t } from '../i18n.ts';

/** The text of an error for the user. The host writes its messages for users, so they are shown unchanged. */
export function errorText(error: unknown): string {
  if (error instanceof ClientError) return error.message;
  return error instanceof Error && error.message !== '' ? error.message : t('error.unknown');
}
