import { join } from 'node:path';
import { z } from 'zod';
import { KeyChord, ModelRef, ShownView, Theme, WireProtocol } from '../../../preload/contract/index.ts';
import type { Logger } from '../ports.ts';
import { createJsonStore, type JsonStore } from './json-store.ts';

const RecentProject = z.object({ path: z.string().min(1), openedAtMs: z.number() });

/** Keeps the valid elements. */
const recentProjects = z
  .array(z.unknown())
  .catch([])
  .transform((items) => items.flatMap((item) => RecentProject.safeParse(item).data ?? []));

const StateSchema = z.object({
  /** Newest first. */
  projects: recentProjects.default([]),
  /** What a window showed last. A start after a crash reads it, because the page's own storage may be older. */
  lastShown: z.nullable(ShownView).default(null).catch(null),
  theme: z.prefault(Theme, 'system').catch('system'),
  /** Null: Ctrl+B. */
  moveToBackgroundKey: z.nullable(KeyChord).default(null).catch(null),
  /** A default that Qwen Code's settings cannot express: the offline demo. */
  defaultModel: z.nullable(ModelRef).default(null).catch(null),
  /** Names that the user gave; settings.json has no field for them. By provider id. */
  providerNames: z.record(z.string(), z.string()).default({}).catch({}),
  /** Providers that the user has added without a model so far: settings.json can only list models. */
  emptyProviders: z
    .array(
      z.object({
        protocol: z.prefault(WireProtocol, 'openai'),
        baseUrl: z.url({ protocol: /^https?$/ }),
        envKey: z.string().min(1).optional(),
      }),
    )
    .default([])
    .catch([]),
});
export type GantryState = z.output<typeof StateSchema>;

const TrustSchema = z.object({
  /** By real path. */
  folders: z
    .record(z.string(), z.enum(['trusted', 'untrusted']))
    .default({})
    .catch({}),
  /** By real path: accounts (`<envKey>@<origin>`) that the project's own settings may use. */
  endpoints: z.record(z.string(), z.array(z.string())).default({}).catch({}),
});
export type TrustRecord = z.output<typeof TrustSchema>;

/** `GANTRY_HOME/state.json`: recent folders, what was shown last, theme, names of providers. */
export function openGantryState(gantryHome: string, logger: Logger): JsonStore<GantryState> {
  return createJsonStore(join(gantryHome, 'state.json'), StateSchema, logger);
}

/** `GANTRY_HOME/trust.json`: the folders and their endpoints that the user trusts. */
export function openTrustRecord(gantryHome: string, logger: Logger): JsonStore<TrustRecord> {
  return createJsonStore(join(gantryHome, 'trust.json'), TrustSchema, logger);
}
