/** The answer to `get_context_usage`, with the fields of 0.24.4. Pure. Units: tokens. The names are wire names. */
import type { ContextUsage } from '../../preload/contract/index.ts';

interface ToolUse {
  readonly name: string;
  readonly tokens: number;
}

/** How much before the summary is made a client warns. Source: 0.24.4. */
const WARN_BEFORE = 20_000;

export function toContextUsage(modelName: string, usage: ContextUsage, tools: readonly ToolUse[], showDetails: boolean) {
  const { usedTokens, windowTokens, isEstimate = false } = usage.meter;
  const partOf = (kind: ContextUsage['parts'][number]['kind']) => usage.parts.find((part) => part.kind === kind)?.tokens ?? 0;
  const mcpTools = tools.filter(({ name }) => name.startsWith('mcp__'));
  const builtinTools = tools.filter(({ name }) => !name.startsWith('mcp__'));
  const sum = (list: readonly ToolUse[]) => list.reduce((total, { tokens }) => total + tokens, 0);
  const auto = usage.compactAtTokens ?? windowTokens;
  const thresholds = { warn: Math.max(0, auto - WARN_BEFORE), auto, hard: windowTokens, effectiveWindow: windowTokens };
  return {
    modelName,
    totalTokens: usedTokens,
    contextWindowSize: windowTokens,
    breakdown: {
      systemPrompt: partOf('system'),
      builtinTools: sum(builtinTools),
      mcpTools: sum(mcpTools),
      memoryFiles: partOf('memory'),
      skills: 0, // their list is a part of the system prompt
      startupContext: 0,
      messages: partOf('messages'),
      unattributed: Math.max(0, usedTokens - usage.parts.reduce((total, { tokens }) => total + tokens, 0)),
      cachedTokens: 0,
      freeSpace: Math.max(0, auto - usedTokens),
      autocompactBuffer: windowTokens - auto,
      thresholds,
      currentTier: usedTokens >= thresholds.hard ? 'hard' : usedTokens >= auto ? 'auto' : usedTokens >= thresholds.warn ? 'warn' : 'safe',
    },
    builtinTools: showDetails ? builtinTools : [],
    mcpTools: showDetails ? mcpTools.map(({ name, tokens }) => ({ name: name.replace(/^mcp__/, ''), tokens })) : [],
    memoryFiles: showDetails ? usage.memoryFiles.map(({ path, tokens }) => ({ path, tokens })) : [],
    skills: [],
    isEstimated: isEstimate,
    showDetails,
  };
}
