/** Reads the hooks from the settings and selects those for an event. Pure. Source: docs/formats.md 7.7. */
import { z } from 'zod';
import { allNames } from '../lib/tool-names.ts';

/** The events of Qwen Code 0.15.10, and those of 0.24 that apply here. */
export type HookEvent =
  | 'PreToolUse'
  | 'PostToolUse'
  | 'PostToolUseFailure'
  | 'Notification'
  | 'UserPromptSubmit'
  | 'SessionStart'
  | 'Stop'
  | 'SubagentStart'
  | 'SubagentStop'
  | 'PreCompact'
  | 'PostCompact'
  | 'SessionEnd'
  | 'PermissionRequest'
  | 'StopFailure'
  | 'PermissionDenied'
  | 'UserPromptExpansion'
  | 'TodoCreated'
  | 'TodoCompleted'
  | 'PostToolBatch'
  | 'InstructionsLoaded'
  | 'SessionDelete'
  | 'MessageDisplay';

/** Units: seconds; larger numbers can only mean ms. */
const MS_FROM = 1000;
const DEFAULT_TIMEOUT_S = { command: 60, http: 600, prompt: 30 } as const;
const MAX_TIMEOUT_MS = 3_600_000;
/** A pattern is matched against the name of a tool, so a short one is enough. */
const MAX_MATCHER_CHARS = 500;

const text = z.string().min(1);
const common = {
  timeout: z.number().positive().optional().catch(undefined),
  name: z.string().optional().catch(undefined),
  statusMessage: text.optional().catch(undefined),
};
const texts = z.record(z.string(), z.string()).optional().catch(undefined);
const HookEntry = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('command'),
    command: text,
    env: texts,
    shell: z.enum(['bash', 'powershell']).optional().catch(undefined),
    async: z.boolean().optional().catch(undefined),
    ...common,
  }),
  z.object({ type: z.literal('http'), url: z.url({ protocol: /^https?$/ }), headers: texts, ...common }),
  z.object({ type: z.literal('prompt'), prompt: text, ...common }),
]);
const GroupEntry = z.object({
  matcher: z.string().optional().catch(undefined),
  sequential: z.boolean().optional().catch(undefined),
  hooks: z.array(z.unknown()).catch([]),
});

export type Hook = z.infer<typeof HookEntry> & { readonly timeoutMs: number };

/** `isSequential`: each hook receives the changes of the previous one; otherwise all run in parallel. */
export interface HookPlan {
  readonly hooks: readonly Hook[];
  readonly isSequential: boolean;
}

/** Invalid entries are left out. `subject`: the text for the matchers; absent: all match. */
export function planHooks(lists: Readonly<Record<string, readonly unknown[]>>, event: HookEvent, subject?: string): HookPlan {
  const groups = (lists[event] ?? []).flatMap((entry) => {
    const group = GroupEntry.safeParse(entry).data;
    return group !== undefined && (subject === undefined || matches(group.matcher, subject)) ? [group] : [];
  });
  return {
    isSequential: groups.some((group) => group.sequential === true),
    hooks: groups.flatMap((group) => group.hooks.flatMap(toHook)),
  };
}

/**
 * A name, a list with `|`, or else an unanchored pattern; an empty one and `*` match all. An invalid pattern matches only itself.
 * A tool is matched by each of its names, `Bash` as well as `run_shell_command`.
 */
export function matches(matcher: string | undefined, subject: string): boolean {
  const wanted = matcher?.trim() ?? '';
  if (wanted === '' || wanted === '*') return true;
  const names = allNames(subject);
  if (wanted.split('|').some((part) => names.includes(part.trim()))) return true;
  if (/^[\w -]+(\|[\w -]+)+$/.test(wanted) || wanted.length > MAX_MATCHER_CHARS) return false;
  try {
    const pattern = new RegExp(wanted);
    const isWord = /^[\w -]+$/.test(wanted); // `Edit` is a name, and not a part of `NotebookEdit`
    return (isWord ? [subject] : names).some((name) => pattern.test(name));
  } catch {
    return false; // neither a pattern nor the name
  }
}

function toHook(entry: unknown): readonly Hook[] {
  const hook = HookEntry.safeParse(entry).data;
  if (hook === undefined) return [];
  const given = hook.timeout ?? DEFAULT_TIMEOUT_S[hook.type];
  return [{ ...hook, timeoutMs: Math.min(MAX_TIMEOUT_MS, given >= MS_FROM ? given : given * 1000) }];
}
