import type { PermissionEntry } from '../../../preload/contract/index.ts';
import { sandboxText, useHost } from '../../stores/index.ts';
import { Button, Chip, type Tone } from '../../ui/index.ts';
import { ErrorNote } from './ErrorNote.tsx';
import { shortPath } from './provider-format.ts';
import { t } from './text.ts';
import { wallText } from './wall-text.ts';
import { usePermissions } from './use-permissions.ts';

const TONES: Record<PermissionEntry['list'], Tone> = { allow: 'ok', ask: 'warn', deny: 'err' };

/** Every rule with its file and a button that removes it, and whether commands are sandboxed. */
export function ApprovalsSectionRules() {
  const { permissions, error, revoke } = usePermissions();
  const homePath = useHost((host) => host.app?.homePath);
  return (
    <>
      <h2 className="mt-7 text-row font-semibold">{t('settings.approvals.rules')}</h2>
      <p className="mt-1 mb-2 text-meta text-text-2">{t('settings.approvals.rulesIntro')}</p>
      {error !== undefined && <ErrorNote error={error} />}
      {permissions !== undefined && permissions.entries.length === 0 && (
        <p className="text-row text-text-3">{t('settings.approvals.noRules')}</p>
      )}
      {permissions !== undefined && permissions.entries.length > 0 && (
        <ul aria-label={t('settings.approvals.rules')} className="divide-y divide-border rounded-lg border border-border bg-panel">
          {permissions.entries.map((entry) => (
            <li key={`${entry.path} ${entry.list} ${entry.rule}`} className="flex min-h-11 items-center gap-3 px-3.5 py-2">
              <Chip tone={TONES[entry.list]}>{t(`settings.approvals.lists.${entry.list}`)}</Chip>
              <span className="min-w-0 flex-1">
                <code className="font-mono text-code break-all">{entry.rule}</code>
                <span className="block truncate text-meta text-text-3" title={entry.path}>
                  {shortPath(entry.path, homePath)}
                </span>
              </span>
              {entry.canRevoke ? (
                <Button
                  look="quiet"
                  aria-label={t('settings.approvals.revokeNamed', { rule: entry.rule, path: entry.path })}
                  onClick={() => revoke(entry)}
                >
                  {t('common.remove')}
                </Button>
              ) : (
                <span className="text-meta text-text-3">{t('settings.approvals.fixed')}</span>
              )}
            </li>
          ))}
        </ul>
      )}
      {permissions !== undefined && (
        <>
          <h2 className="mt-7 text-row font-semibold">{t('settings.approvals.sandbox')}</h2>
          <p className={`mt-1 text-row ${permissions.sandbox.status === 'unavailable' ? 'text-warn' : ''}`}>
            {sandboxText(permissions.sandbox)}
          </p>
          <p className="text-row">{wallText(permissions.wall)}</p>
          <p className="text-meta text-text-3">{t('settings.approvals.sandboxHint')}</p>
        </>
      )}
    </>
  );
}
