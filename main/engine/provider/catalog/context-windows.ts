/** The context window assumed for an unknown model name. Unit: tokens. Source: docs/formats.md 4.5. */
const DEFAULT_WINDOW_TOKENS = 131_072;

const WINDOWS: readonly (readonly [RegExp, number])[] = [
  [/^gemini-/, 1_000_000],
  [/^gpt-5/, 272_000],
  [/^gpt-/, 131_072],
  [/^o\d/, 200_000],
  [/^claude-/, 200_000],
  [/^(?:qwen3-coder-plus|qwen3-coder-flash|qwen3\.\d|qwen-plus-latest|qwen-flash-latest|coder-model)/, 1_000_000],
  [/^qwen/, 262_144],
  [/^deepseek-v4/, 1_000_000],
  [/^deepseek/, 131_072],
  [/^glm-[45]/, 202_752],
  [/^minimax-m2\.5/, 196_608],
  [/^minimax-/, 200_000],
  [/^kimi-/, 262_144],
  [/^seed-oss/, 524_288],
];

/** The context window implied by the model's name, for entries that do not state it. Pure. Unit: tokens. */
export function getContextWindow(modelId: string): number {
  const name = plainName(modelId);
  return WINDOWS.find(([pattern]) => pattern.test(name))?.[1] ?? DEFAULT_WINDOW_TOKENS;
}

/** Removes what hosts add to a name: `vendor/`, `:tag`, a date, `-preview`. */
function plainName(modelId: string): string {
  const last = modelId.toLowerCase().split('/').at(-1) ?? '';
  return last
    .replace(/:.*$/, '')
    .replace(/-(?:\d{4}-\d{2}-\d{2}|\d{8}|\d{4})(?=-|$)/, '')
    .replace(/-preview$/, '');
}
