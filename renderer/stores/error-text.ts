import { ClientError } from '../rpc/index.ts';
import { t } from '../i18n.ts';

/** What went wrong, for people. The host writes its messages for them, so they are shown as they are. */
export function errorText(error: unknown): string {
  if (error instanceof ClientError) return error.message;
  return error instanceof Error && error.message !== '' ? error.message : t('error.unknown');
}
