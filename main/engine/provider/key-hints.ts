/**
 * What a refused key reveals: many makers give their keys a prefix, so a key used at the wrong address can be recognized. Pure;
 * reads only the beginning of the key and repeats none of it.
 */
import { isLoopbackHost } from '../../../preload/contract/index.ts';

interface KeyMark {
  readonly pattern: RegExp;
  readonly maker: string;
  /** Where such keys belong. */
  readonly hosts: RegExp;
  /** The address to enter. */
  readonly baseUrl: string;
}

const MARKS: readonly KeyMark[] = [
  {
    pattern: /^sk-sp-/,
    maker: 'an Alibaba Coding Plan',
    hosts: /^coding(?:-intl)?\.dashscope\.aliyuncs\.com$/,
    baseUrl: 'https://coding-intl.dashscope.aliyuncs.com/v1 or https://coding.dashscope.aliyuncs.com/v1',
  },
  { pattern: /^sk-or-/, maker: 'OpenRouter', hosts: /(?:^|\.)openrouter\.ai$/, baseUrl: 'https://openrouter.ai/api/v1' },
  { pattern: /^sk-ant-/, maker: 'Anthropic', hosts: /(?:^|\.)anthropic\.com$/, baseUrl: 'https://api.anthropic.com' },
  { pattern: /^sk-proj-/, maker: 'OpenAI', hosts: /(?:^|\.)openai\.com$/, baseUrl: 'https://api.openai.com/v1' },
  { pattern: /^fw_/, maker: 'Fireworks', hosts: /(?:^|\.)fireworks\.ai$/, baseUrl: 'https://api.fireworks.ai/inference/v1' },
  { pattern: /^ms-/, maker: 'ModelScope', hosts: /(?:^|\.)modelscope\.c(?:n|om)$/, baseUrl: 'https://api-inference.modelscope.cn/v1' },
  {
    pattern: /^AIza/,
    maker: 'Google',
    hosts: /(?:^|\.)googleapis\.com$/,
    baseUrl: 'https://generativelanguage.googleapis.com, protocol gemini',
  },
];

/** A sentence that follows "refused the key"; undefined if nothing is known. */
export function keyHint(key: string | undefined, baseUrl: string): string | undefined {
  if (key === undefined) return undefined;
  const { hostname } = new URL(baseUrl);
  const mark = MARKS.find(({ pattern }) => pattern.test(key));
  if (mark !== undefined && !mark.hosts.test(hostname)) {
    return `Its prefix marks it as a key of ${mark.maker}, which belongs to ${mark.baseUrl}.`;
  }
  return mark === undefined ? regionHint(hostname) : undefined;
}

/** Keys of Model Studio belong to one region, and to the pay-as-you-go address or to the Coding Plan, not to both. */
function regionHint(hostname: string): string | undefined {
  if (/^coding(?:-intl)?\.dashscope\.aliyuncs\.com$/.test(hostname)) {
    return 'The Coding Plan has keys of its own, which begin with sk-sp-; those of Model Studio do not work here.';
  }
  const others: Readonly<Record<string, string>> = {
    'dashscope.aliyuncs.com': 'dashscope-intl.aliyuncs.com',
    'dashscope-intl.aliyuncs.com': 'dashscope.aliyuncs.com',
  };
  const other = others[hostname];
  return other === undefined
    ? undefined
    : `Keys of Model Studio belong to one region: if yours is from the other one, use https://${other}/compatible-mode/v1.`;
}

/** What local servers need before they have a model. */
export function modelHint(modelId: string, baseUrl: string): string | undefined {
  const { port, hostname } = new URL(baseUrl);
  const isHere = isLoopbackHost(hostname);
  if (isHere && port === '11434') return `To get it, run: ollama pull ${modelId}`;
  return isHere && port === '1234' ? 'Load it in LM Studio first.' : undefined;
}
