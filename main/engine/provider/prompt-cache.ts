/** Cache hints for a host: a request begins like an earlier one. They add to the equal bytes. Pure. */
import { createHash } from 'node:crypto';
import type { ModelRequest } from './provider.ts';

export function isDashScope(host: string): boolean {
  return /(?:^|\.)(?:aliyuncs\.com|alibabacloud\.com)$/.test(host);
}

/**
 * OpenAI sends requests with the same key to the same machine, whose cache then has their beginning. The key stays the same for a
 * session and reveals nothing about it. Other hosts refuse an unknown field.
 */
export function promptCacheKey(request: ModelRequest, host: string): { readonly prompt_cache_key?: string } {
  if (!/(?:^|\.)openai\.com$/.test(host)) return {};
  const first = request.messages.find((message) => message.role === 'user');
  const beginning = JSON.stringify([request.system, first?.role === 'user' ? first.text : '']);
  return { prompt_cache_key: createHash('sha256').update(beginning).digest('hex').slice(0, 32) };
}
