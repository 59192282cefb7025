import type { ModelRef } from '../../../preload/contract/index.ts';
import type { ProjectContext } from '../project/index.ts';
import type { Effort, Providers } from '../engine-api.ts';
import type { ModelProvider } from './provider.ts';

/**
 * Resolves a model from settings and keys.
 * Errors of `resolve`: no_model (nothing is configured), model_unknown, missing_api_key (names the variable), endpoint_untrusted,
 * settings_broken (an invalid proxy).
 * Ownership: each request reads the key, and no field stores it; a running turn keeps what it resolved.
 */
export interface ProviderRegistry extends Providers {
  /** `wanted` absent: the default model by the order of docs/formats.md 1.3. */
  resolve(project: ProjectContext, wanted?: ModelRef | { readonly modelId: string }, how?: ResolveOptions): Promise<ResolvedModel>;
  /** The default, determined without touching keys; undefined if nothing is configured. */
  defaultModel(project: ProjectContext): Promise<ModelRef | undefined>;
}

export interface ResolveOptions {
  /** Any id is a model of the wanted provider, or of the default model's. */
  readonly acceptsAny?: boolean;
  /** In the place of what the settings say. */
  readonly effort?: Effort;
}

export interface ResolvedModel {
  readonly ref: ModelRef;
  readonly provider: ModelProvider;
  readonly modelId: string;
  readonly contextWindowTokens: number;
  readonly maxOutputTokens?: number;
  /** The settings turn thinking off for this model. */
  readonly thinksNot?: boolean;
}
