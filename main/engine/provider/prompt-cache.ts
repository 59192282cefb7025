/** Hints for a host that a request begins like an earlier one, in addition to the equal bytes. Pure. */
import { createHash } from 'node:crypto';
import type { ModelRequest } from './provider.ts';

export function isDashScope(host: string): boolean {
  return /(?:^|\.)(?:aliyuncs\.com|alibabacloud\.com)$/.test(host);
}

/**
 * OpenAI sends requests of one key to one machine, whose cache then has them: the key is the same as long as the session is, and
 * tells nothing of it. Others refuse a field they do not know.
 */
export function promptCacheKey(request: ModelRequest, host: string): { readonly prompt_cache_key?: string } {
  if (!/(?:^|\.)openai\.com$/.test(host)) return {};
  const first = request.messages.find((message) => message.role === 'user');
  const beginning = JSON.stringify([request.system, first?.role === 'user' ? first.text : '']);
  return { prompt_cache_key: createHash('sha256').update(beginning).digest('hex').slice(0, 32) };
}
