import { useState } from 'react';
import type { McpServerStatus, McpServerSummary } from '../../../../preload/contract/index.ts';
import { Button, Chip, Collapsible, type Tone } from '../../../ui/index.ts';
import { RemoveButton } from '../RemoveButton.tsx';
import { t } from '../text.ts';
import type { McpServers } from './use-mcp-servers.ts';

const TONES: Record<McpServerStatus, Tone> = {
  disabled: 'plain',
  stopped: 'plain',
  connecting: 'run',
  ready: 'ok',
  failed: 'err',
  needs_sign_in: 'warn',
};

/** One server: its state, its error and remedy, its tools. */
export function McpServerItem({ server, mcp }: { readonly server: McpServerSummary; readonly mcp: McpServers }) {
  const [open, setOpen] = useState(false);
  const { name, status, scope, transport, target } = server;
  const facts = [t(`mcp.transports.${transport}`), target, t(`mcp.scopes.${scope}`), ...(server.isTrusted ? [t('mcp.trusted')] : [])];
  return (
    <li className="border-b border-border px-3.5 py-3 last:border-0">
      <div className="flex flex-wrap items-center gap-3">
        <div className="min-w-0 flex-1">
          <div className="truncate">{name}</div>
          <small className="block truncate text-meta text-text-3">{facts.filter((fact) => fact !== '').join(' · ')}</small>
        </div>
        <Chip tone={TONES[status]}>
          <span aria-hidden className="mr-1.5 inline-block size-1.5 rounded-full bg-current align-middle" />
          {t(`mcp.status.${status}`)}
        </Chip>
        <Actions server={server} mcp={mcp} />
      </div>
      {server.error !== undefined && (
        <p className="mt-2 text-row break-words text-text-1">
          {server.error} <span className="text-text-2">{server.remedy}</span>
        </p>
      )}
      {mcp.signingIn === name && status === 'needs_sign_in' && <p className="mt-1 text-meta text-text-2">{t('mcp.signInOpened')}</p>}
      {server.stderr !== undefined && (
        <details className="mt-1 text-meta text-text-2">
          <summary>{t('mcp.lastWords')}</summary>
          <pre className="overflow-x-auto font-mono text-code whitespace-pre-wrap">{server.stderr.join('\n')}</pre>
        </details>
      )}
      {server.tools.length + server.prompts.length + server.resourceCount > 0 && (
        <Collapsible
          open={open}
          onToggle={() => setOpen(!open)}
          summary={
            <span aria-label={t('mcp.details', { name })}>
              {t('mcp.counts', { tools: server.tools.length, prompts: server.prompts.length, resources: server.resourceCount })}
            </span>
          }
        >
          <Tools server={server} />
        </Collapsible>
      )}
    </li>
  );
}

function Tools({ server: { tools, toolsLeftOut, prompts } }: { readonly server: McpServerSummary }) {
  return (
    <div className="px-2.5 pb-1">
      <p className="text-meta text-text-3">{t('mcp.toolsNote')}</p>
      <dl className="mt-1 max-h-80 overflow-y-auto">
        {tools.map((tool) => (
          <div key={tool.fullName} className="py-1">
            <dt className="font-mono text-code break-all">{tool.fullName}</dt>
            <dd className="text-meta break-words whitespace-pre-wrap text-text-2">{tool.description}</dd>
          </div>
        ))}
      </dl>
      {prompts.length > 0 && (
        <dl aria-label={t('mcp.prompts')}>
          {prompts.map((prompt) => (
            <div key={prompt.name} className="py-1">
              <dt className="font-mono text-code break-all">/{prompt.name}</dt>
              <dd className="text-meta break-words text-text-2">{prompt.description}</dd>
            </div>
          ))}
        </dl>
      )}
      {toolsLeftOut > 0 && <p className="text-meta text-text-2">{t('mcp.leftOut', { count: toolsLeftOut })}</p>}
    </div>
  );
}

function Actions({ server, mcp }: { readonly server: McpServerSummary; readonly mcp: McpServers }) {
  const { name, status, scope } = server;
  const button = (verb: string, onClick: () => void) => (
    <Button look="quiet" aria-label={t('mcp.named', { verb, name })} onClick={onClick}>
      {verb}
    </Button>
  );
  return (
    <div className="flex flex-wrap items-center gap-1">
      {status === 'needs_sign_in' && button(t('mcp.signIn'), () => mcp.signIn(name))}
      {server.isSignedIn && button(t('mcp.signOut'), () => mcp.signOut(name))}
      {status !== 'disabled' && button(status === 'stopped' ? t('mcp.start') : t('mcp.restart'), () => mcp.restart(name))}
      {status === 'disabled'
        ? button(t('mcp.enable'), () => mcp.setEnabled(name, true))
        : button(t('mcp.disable'), () => mcp.setEnabled(name, false))}
      {(scope === 'user' || scope === 'project') && (
        <RemoveButton
          label={t('common.remove')}
          name={t('mcp.named', { verb: t('common.remove'), name })}
          title={t('mcp.removeTitle', { name })}
          detail={t('mcp.removeDetail')}
          onRemove={() => mcp.remove(scope, name)}
        />
      )}
    </div>
  );
}
