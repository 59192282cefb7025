import { ClientError } from '../../rpc/index.ts';
import { errorText } from '../../stores/index.ts';
import { t } from './text.ts';

export interface SettingsError {
  readonly message: string;
  /** "path, line 3, column 5", if the host names a position. */
  readonly place?: string;
  readonly remedy?: string;
  readonly code?: ClientError['code'];
}

/** A failed save as text: what happened, where, and what to do about it. */
export function settingsError(error: unknown): SettingsError {
  const message = errorText(error);
  if (!(error instanceof ClientError)) return { message };
  const { code, data } = error;
  const place = placeOf(data);
  const located = place === undefined ? {} : { place };
  if (code === 'settings_broken') return { message, code, ...located, remedy: t('settings.errors.broken') };
  if (code === 'settings_unwritable') return { message, code, ...located, remedy: t('settings.errors.unwritable') };
  return { message, code };
}

/** "line 3", "line 3, column 5". */
export function lineText(line: number, column: number | undefined): string {
  return column === undefined ? t('settings.problems.line', { line }) : t('settings.problems.column', { line, column });
}

function placeOf(data: Record<string, unknown> | undefined): string | undefined {
  const path = data?.['path'];
  if (typeof path !== 'string') return undefined;
  const line = data?.['line'];
  const column = data?.['column'];
  if (typeof line !== 'number') return path;
  return `${path}, ${lineText(line, typeof column === 'number' ? column : undefined)}`;
}
