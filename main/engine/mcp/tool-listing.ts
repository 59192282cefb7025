/**
 * Makes a server's descriptions of its tools, prompts and resources safe to pass on. Pure. All of it is untrusted: it is bounded,
 * loses invisible characters, and is only ever treated as text.
 */
import { z } from 'zod';

export interface ListedTool {
  readonly name: string;
  readonly title: string | undefined;
  readonly description: string;
  /** JSON Schema of an object. */
  readonly parameters: Record<string, unknown>;
  /** The server's own claim; it is not trusted. */
  readonly saysReadOnly: boolean;
}

export interface ListedPrompt {
  readonly name: string;
  readonly description: string;
  readonly arguments: readonly { readonly name: string; readonly description: string; readonly isRequired: boolean }[];
}

export interface ListedResource {
  readonly uri: string;
  readonly name: string;
  readonly description: string;
  readonly mimeType: string | undefined;
}

/** Units: UTF-16 code units. */
const MAX_DESCRIPTION = 1_024;
const MAX_INNER_DESCRIPTION = 300;
const MAX_SCHEMA = 8_000;
const MAX_DEPTH = 16;
const MAX_NAME = 300;
const MAX_URI = 2_000;
const MAX_ARGUMENTS = 50;

const Tool = z.object({
  name: z.string().min(1).max(MAX_NAME),
  title: z.string().optional().catch(undefined),
  description: z.string().optional().catch(undefined),
  inputSchema: z.record(z.string(), z.unknown()).optional().catch(undefined),
  annotations: z
    .object({ title: z.string().optional().catch(undefined), readOnlyHint: z.boolean().optional().catch(undefined) })
    .optional()
    .catch(undefined),
});
const Prompt = z.object({
  name: z.string().min(1).max(MAX_NAME),
  description: z.string().optional().catch(undefined),
  arguments: z
    .array(
      z.object({
        name: z.string().min(1).max(MAX_NAME),
        description: z.string().optional().catch(undefined),
        required: z.boolean().optional().catch(undefined),
      }),
    )
    .optional()
    .catch(undefined),
});
const Resource = z.object({
  uri: z.string().min(1).max(MAX_URI),
  name: z.string().optional().catch(undefined),
  title: z.string().optional().catch(undefined),
  description: z.string().optional().catch(undefined),
  mimeType: z.string().optional().catch(undefined),
});

/** Undefined for an invalid tool: one broken tool does not affect the others. */
export function listedTool(value: unknown): ListedTool | undefined {
  const tool = Tool.safeParse(value).data;
  if (tool === undefined) return undefined;
  const title = tool.title ?? tool.annotations?.title;
  return {
    name: tool.name,
    title: title === undefined ? undefined : plainText(title, MAX_NAME),
    description: plainText(tool.description ?? '', MAX_DESCRIPTION),
    parameters: boundedSchema(tool.inputSchema ?? {}),
    saysReadOnly: tool.annotations?.readOnlyHint === true,
  };
}

export function listedPrompt(value: unknown): ListedPrompt | undefined {
  const prompt = Prompt.safeParse(value).data;
  if (prompt === undefined) return undefined;
  return {
    name: prompt.name,
    description: plainText(prompt.description ?? '', MAX_DESCRIPTION),
    arguments: (prompt.arguments ?? []).slice(0, MAX_ARGUMENTS).map(({ name, description, required }) => ({
      name,
      description: plainText(description ?? '', MAX_INNER_DESCRIPTION),
      isRequired: required === true,
    })),
  };
}

export function listedResource(value: unknown): ListedResource | undefined {
  const resource = Resource.safeParse(value).data;
  if (resource === undefined) return undefined;
  return {
    uri: resource.uri,
    name: plainText(resource.title ?? resource.name ?? resource.uri, MAX_NAME),
    description: plainText(resource.description ?? '', MAX_DESCRIPTION),
    mimeType: resource.mimeType === undefined ? undefined : plainText(resource.mimeType, 100),
  };
}

/**
 * Control characters, and characters that are invisible or change the direction of writing: they could hide text from the reader.
 */
const UNSEEN = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Co}]|\p{Variation_Selector}/gu;

export function plainText(text: string, maxChars: number): string {
  const seen = text.slice(0, maxChars * 4).replace(UNSEEN, '');
  return seen.length <= maxChars ? seen : `${seen.slice(0, maxChars - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/**
 * If it is too long with its descriptions, they are removed. If it is still too long, any object is allowed and the server checks
 * the arguments.
 */
function boundedSchema(schema: Record<string, unknown>): Record<string, unknown> {
  const { $schema: _dialect, ...rest } = schema;
  const whole = asObject(copy(rest, 0, true));
  if (JSON.stringify(whole).length <= MAX_SCHEMA) return whole;
  const bare = asObject(copy(rest, 0, false));
  return JSON.stringify(bare).length <= MAX_SCHEMA ? bare : { type: 'object', properties: {}, additionalProperties: true };
}

function asObject(schema: unknown): Record<string, unknown> {
  const { properties, ...rest } = isRecord(schema) ? schema : {};
  return { ...rest, type: 'object', properties: isRecord(properties) ? properties : {} };
}

const PROSE: ReadonlySet<string> = new Set(['description', 'title', 'examples', '$comment', 'markdownDescription']);

function copy(value: unknown, depth: number, withProse: boolean): unknown {
  if (depth > MAX_DEPTH) return {};
  if (typeof value === 'string') return plainText(value, MAX_INNER_DESCRIPTION);
  if (Array.isArray(value)) return value.slice(0, 500).map((item) => copy(item, depth + 1, withProse));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(([key, item]) => key !== '__proto__' && (withProse || !PROSE.has(key) || isRecord(item)));
  return Object.fromEntries(entries.slice(0, 500).map(([key, item]) => [key, copy(item, depth + 1, withProse)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
