/** The environment variables and settings that the flags of a run override. Pure. */
import type { RunArgs } from '../args/args.ts';
import type { AuthType } from '../args/args-settings.ts';
import type { McpServers } from './mcp-config.ts';

interface Variables {
  readonly key: string;
  /** Absent: the protocol has none, so the settings define it. */
  readonly baseUrl?: string;
}

/** Source: docs/formats.md 1.3. */
const VARIABLES: Readonly<Record<AuthType, Variables>> = {
  openai: { key: 'OPENAI_API_KEY', baseUrl: 'OPENAI_BASE_URL' },
  'openai-responses': { key: 'OPENAI_API_KEY', baseUrl: 'OPENAI_BASE_URL' },
  anthropic: { key: 'ANTHROPIC_API_KEY', baseUrl: 'ANTHROPIC_BASE_URL' },
  gemini: { key: 'GEMINI_API_KEY' },
  'vertex-ai': { key: 'GOOGLE_API_KEY' },
};

type Given = Pick<RunArgs, 'authType' | 'openaiApiKey' | 'openaiBaseUrl' | 'settings'>;

/** `--openai-api-key` and `--openai-base-url` apply to the selected protocol, whatever their names. */
export function overridesOf({ authType = 'openai', openaiApiKey, openaiBaseUrl }: Given): Readonly<Record<string, string>> {
  const { key, baseUrl } = VARIABLES[authType];
  return {
    ...(openaiApiKey === undefined ? {} : { [key]: openaiApiKey }),
    ...(openaiBaseUrl === undefined || baseUrl === undefined ? {} : { [baseUrl]: openaiBaseUrl }),
  };
}

export function settingsOf(
  { authType = 'openai', openaiBaseUrl, settings }: Given,
  servers: McpServers,
): Readonly<Record<string, unknown>> {
  const isSaid = openaiBaseUrl !== undefined && VARIABLES[authType].baseUrl === undefined;
  return {
    ...settings,
    ...(isSaid ? { security: { auth: { selectedType: authType, baseUrl: openaiBaseUrl } } } : {}),
    ...(Object.keys(servers).length === 0 ? {} : { mcpServers: servers }),
  };
}
