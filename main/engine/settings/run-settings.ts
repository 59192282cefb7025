/** The settings that control the work of a session. Pure. */
import { isAbsolute, join, resolve } from 'node:path';
import type { Environment } from '../ports.ts';
import type { SettingsValues } from './settings-schema.ts';

/**
 * The settings of one folder at one moment. An absent value was not set, and its user has a default.
 * Units: in the names; `maxChars` in UTF-16 code units.
 */
export interface RunSettings {
  readonly limits: { readonly maxTurns?: number; readonly maxToolCalls?: number; readonly maxWallTimeMs?: number };
  /** Neither repeated calls nor repeated text end a turn. */
  readonly allowsLoops: boolean;
  /** The share of the context window at which the conversation is summarized; Infinity: never automatically. */
  readonly compactAt: number;
  /** Names of memory files, in their order. */
  readonly memoryFileNames: readonly string[] | undefined;
  /** Absolute; they may not exist. */
  readonly includeFolders: readonly string[];
  readonly search: {
    readonly respectGitIgnore: boolean;
    readonly respectQwenIgnore: boolean;
    /** Relative to the project's root. */
    readonly ignoreFiles: readonly string[];
  };
  readonly tools: {
    /** If set, only these tools exist. */
    readonly core: readonly string[] | undefined;
    readonly excluded: readonly string[];
    /** Rules for tools that run without approval. */
    readonly allowed: readonly string[];
  };
  /** Infinity: results are not shortened. */
  readonly results: { readonly maxChars?: number; readonly maxLines?: number };
  readonly shell: { readonly timeoutMs?: number };
  readonly web: WebSettings;
  /** False: nothing of the conversation is written to disk. */
  readonly keepsRecords: boolean;
  /** The language of answers, as a person would name it. */
  readonly answerLanguage: string | undefined;
  /** Whether the notes that Qwen Code collects about the project are read. */
  readonly readsManagedMemory: boolean;
  readonly outputFormat: 'text' | 'json' | 'stream-json' | undefined;
}

/** `allowPrivate`: pages of this machine and of private networks may be fetched. */
export interface WebSettings {
  readonly allowPrivate: boolean;
  /** The values that determine the proxy; absent: none. Only the user's own: a folder cannot set the proxy. */
  readonly proxies?: { readonly proxy: string | undefined; readonly environment: Environment };
}

/** Source: docs/formats.md 4.5. */
const COMPACT_AT = 0.85;

const OUTPUT_FORMATS = ['text', 'json', 'stream-json'] as const;

export function toRunSettings(values: SettingsValues, folders: { readonly root: string; readonly home: string }): RunSettings {
  const { model, context, tools, general } = values;
  const filtering = context?.fileFiltering;
  const language = general?.outputLanguage?.trim();
  return {
    limits: {
      ...optional('maxTurns', positive(model?.maxSessionTurns)),
      ...optional('maxToolCalls', positive(model?.maxToolCalls)),
      ...optional('maxWallTimeMs', times(positive(model?.maxWallTimeSeconds), 1000)),
    },
    allowsLoops: model?.skipLoopDetection === true,
    compactAt: share(context?.autoCompactThreshold) ?? share(model?.chatCompression?.contextPercentageThreshold) ?? COMPACT_AT,
    memoryFileNames: names(context?.fileName),
    includeFolders: [...new Set((context?.includeDirectories ?? []).map((path) => absolute(path, folders)))],
    search: {
      respectGitIgnore: filtering?.respectGitIgnore ?? true,
      respectQwenIgnore: filtering?.respectQwenIgnore ?? true,
      ignoreFiles: filtering?.customIgnoreFiles ?? [],
    },
    tools: {
      core: tools?.core,
      excluded: [
        ...(tools?.exclude ?? []),
        ...(tools?.disabled ?? []),
        ...(tools?.listDirectory?.enabled === false ? ['list_directory'] : []),
        ...(tools?.todoWrite?.enabled === false ? ['todo_write'] : []),
        ...(values.permissions?.deny ?? []).filter(isWholeTool),
      ],
      allowed: tools?.allowed ?? [],
    },
    results: {
      ...optional('maxChars', cutOff(tools?.truncateToolOutputThreshold)),
      ...optional('maxLines', cutOff(tools?.truncateToolOutputLines)),
    },
    shell: {
      ...optional('timeoutMs', tools?.shell?.defaultTimeoutMs),
    },
    web: { allowPrivate: values.gantry?.webFetch?.allowPrivate ?? false },
    keepsRecords: general?.chatRecording ?? true,
    readsManagedMemory: values.memory?.enableManagedAutoMemory !== false,
    answerLanguage: language === undefined || language === '' || language === 'auto' ? undefined : language,
    outputFormat: OUTPUT_FORMATS.find((format) => format === values.output?.format),
  };
}

/** Bare file names: a path could read memory from anywhere. */
function names(written: readonly string[] | undefined): readonly string[] | undefined {
  const usable = (written ?? []).map((name) => name.trim()).filter((name) => name !== '' && !/[/\\]/.test(name) && name !== '..');
  return usable.length === 0 ? undefined : [...new Set(usable)];
}

function absolute(path: string, { root, home }: { readonly root: string; readonly home: string }): string {
  if (path === '~' || path.startsWith('~/') || path.startsWith('~\\')) return join(home, path.slice(1));
  return isAbsolute(path) ? path : resolve(root, path);
}

/** A rule that denies a whole tool removes it; an MCP tool stays, and each call of it is refused. */
function isWholeTool(rule: string): boolean {
  return !rule.trim().startsWith('mcp__') && /^[^()]+(\(\s*\*?\s*\))?$/.test(rule.trim());
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}

function times(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}

/** Zero and less: never. A value above 1 is not a share. */
function share(value: number | undefined): number | undefined {
  if (value === undefined || value > 1) return undefined;
  return value > 0 ? value : Number.POSITIVE_INFINITY;
}

/** Zero and less: never shortened. */
function cutOff(value: number | undefined): number | undefined {
  return value === undefined || value > 0 ? value : Number.POSITIVE_INFINITY;
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]?: V }); // a computed key has no narrower type
}
