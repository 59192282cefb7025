import type { ProviderPreset } from '../../../../preload/contract/index.ts';

const models = (...ids: string[]) => ids.map((id) => ({ id }));

/** Presets of providers: the user only enters a key. The models are suggestions; the endpoint's own list takes precedence. */
export const PRESETS: readonly ProviderPreset[] = [
  {
    name: 'Alibaba Model Studio (International)',
    baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
    envKey: 'DASHSCOPE_API_KEY',
    suggestedModels: models('qwen3-coder-plus', 'qwen3-max', 'qwen3-coder-flash'),
    keyUrl: 'https://modelstudio.console.alibabacloud.com/?tab=dashboard#/api-key',
  },
  {
    name: 'Alibaba Model Studio (China)',
    baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
    envKey: 'DASHSCOPE_API_KEY',
    suggestedModels: models('qwen3-coder-plus', 'qwen3-max', 'qwen3-coder-flash'),
    keyUrl: 'https://bailian.console.aliyun.com/?tab=model#/api-key',
  },
  {
    name: 'Alibaba Coding Plan (International)',
    baseUrl: 'https://coding-intl.dashscope.aliyuncs.com/v1',
    envKey: 'BAILIAN_CODING_PLAN_API_KEY',
    suggestedModels: models('qwen3.5-plus', 'qwen3-coder-plus', 'qwen3-max'),
    keyUrl: 'https://modelstudio.console.alibabacloud.com/?tab=coding-plan',
  },
  {
    name: 'Alibaba Coding Plan (China)',
    baseUrl: 'https://coding.dashscope.aliyuncs.com/v1',
    envKey: 'BAILIAN_CODING_PLAN_API_KEY',
    suggestedModels: models('qwen3.5-plus', 'qwen3-coder-plus', 'qwen3-max'),
    keyUrl: 'https://bailian.console.aliyun.com/?tab=coding-plan',
  },
  {
    name: 'ModelScope',
    baseUrl: 'https://api-inference.modelscope.cn/v1',
    envKey: 'MODELSCOPE_API_KEY',
    suggestedModels: models('Qwen/Qwen3-Coder-480B-A35B-Instruct'),
    keyUrl: 'https://modelscope.cn/my/myaccesstoken',
  },
  {
    name: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    envKey: 'OPENROUTER_API_KEY',
    suggestedModels: models('qwen/qwen3-coder', 'deepseek/deepseek-chat'),
    keyUrl: 'https://openrouter.ai/settings/keys',
  },
  {
    name: 'OpenAI',
    protocol: 'openai-responses',
    baseUrl: 'https://api.openai.com/v1',
    envKey: 'OPENAI_API_KEY',
    suggestedModels: models('gpt-5', 'gpt-5-mini'),
    keyUrl: 'https://platform.openai.com/api-keys',
  },
  {
    name: 'Anthropic',
    protocol: 'anthropic',
    baseUrl: 'https://api.anthropic.com',
    envKey: 'ANTHROPIC_API_KEY',
    suggestedModels: models('claude-sonnet-4-5', 'claude-opus-4-5', 'claude-haiku-4-5'),
    keyUrl: 'https://console.anthropic.com/settings/keys',
  },
  {
    name: 'Gemini',
    protocol: 'gemini',
    baseUrl: 'https://generativelanguage.googleapis.com',
    envKey: 'GEMINI_API_KEY',
    suggestedModels: models('gemini-2.5-pro', 'gemini-2.5-flash'),
    keyUrl: 'https://aistudio.google.com/apikey',
  },
  {
    name: 'Vertex AI',
    protocol: 'vertex-ai',
    baseUrl: 'https://aiplatform.googleapis.com',
    envKey: 'GOOGLE_API_KEY',
    suggestedModels: models('gemini-2.5-pro', 'gemini-2.5-flash'),
    keyUrl: 'https://console.cloud.google.com/vertex-ai/studio/settings/api-keys',
  },
  {
    name: 'Fireworks',
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    envKey: 'FIREWORKS_API_KEY',
    suggestedModels: models('accounts/fireworks/models/qwen3-coder-480b-a35b-instruct'),
    keyUrl: 'https://fireworks.ai/account/api-keys',
  },
  { name: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1', suggestedModels: [] },
  { name: 'LM Studio', baseUrl: 'http://127.0.0.1:1234/v1', suggestedModels: [] },
  { name: 'vLLM', baseUrl: 'http://127.0.0.1:8000/v1', suggestedModels: [] },
];

/** Providers that may run on this machine. */
export const LOCAL_PRESETS: readonly ProviderPreset[] = PRESETS.filter((preset) => preset.envKey === undefined);
