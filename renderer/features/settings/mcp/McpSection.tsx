import { EmptyState, Spinner } from '../../../ui/index.ts';
import { ErrorNote } from '../ErrorNote.tsx';
import { Section } from '../Section.tsx';
import { McpAddServer } from './McpAddServer.tsx';
import { McpServerItem } from './McpServerItem.tsx';
import { t } from '../text.ts';
import { useMcpServers } from './use-mcp-servers.ts';

/** The servers of the current folder: their state, what they offer, and their actions. */
export function McpSection() {
  const mcp = useMcpServers();
  const { projectId, servers, error } = mcp;
  return (
    <Section title={t('mcp.title')} intro={t('mcp.intro')}>
      {error !== undefined && (
        <div className="mb-3">
          <ErrorNote error={error} />
        </div>
      )}
      {projectId === undefined ? (
        <p className="text-text-2">{t('mcp.noFolder')}</p>
      ) : (
        <>
          {servers === undefined && error === undefined && (
            <p className="flex items-center gap-2 text-text-2">
              <Spinner label={t('mcp.loading')} sizePx={14} /> {t('mcp.loading')}
            </p>
          )}
          {servers?.length === 0 && <EmptyState title={t('mcp.none')}>{t('mcp.noneHint')}</EmptyState>}
          {servers !== undefined && servers.length > 0 && (
            <ul className="mb-4 rounded-lg border border-border">
              {servers.map((server) => (
                <McpServerItem key={server.name} server={server} mcp={mcp} />
              ))}
            </ul>
          )}
          <McpAddServer onAdd={mcp.add} />
        </>
      )}
    </Section>
  );
}
