import { EmptyState, Spinner } from '../../../ui/index.ts';
import { ErrorNote } from '../ErrorNote.tsx';
import { Section } from '../Section.tsx';
import { McpAddServer } from './McpAddServer.tsx';
import { McpServerItem } from './McpServerItem.tsx';
import { mcpStrings as text } from './mcp-strings.ts';
import { useMcpServers } from './use-mcp-servers.ts';

/** The servers of the folder that is shown: how they are, what they bring, and what can be done about it. */
export function McpSection() {
  const mcp = useMcpServers();
  const { projectId, servers, error } = mcp;
  return (
    <Section title={text.title} intro={text.intro}>
      {error !== undefined && (
        <div className="mb-3">
          <ErrorNote error={error} />
        </div>
      )}
      {projectId === undefined ? (
        <p className="text-text-2">{text.noFolder}</p>
      ) : (
        <>
          {servers === undefined && error === undefined && (
            <p className="flex items-center gap-2 text-text-2">
              <Spinner label={text.loading} sizePx={14} /> {text.loading}
            </p>
          )}
          {servers?.length === 0 && <EmptyState title={text.none}>{text.noneHint}</EmptyState>}
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
