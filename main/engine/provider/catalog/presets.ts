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
    name: 'DeepSeek',
    baseUrl: 'https://api.deepseek.com/v1',
    envKey: 'DEEPSEEK_API_KEY',
    suggestedModels: models('deepseek-chat', 'deepseek-reasoner'),
    keyUrl: 'https://platform.deepseek.com/api_keys',
  },
  {
    name: 'Mistral',
    baseUrl: 'https://api.mistral.ai/v1',
    envKey: 'MISTRAL_API_KEY',
    suggestedModels: models('devstral-medium-latest', 'mistral-large-latest'),
    keyUrl: 'https://console.mistral.ai/api-keys',
  },
  {
    name: 'Groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    envKey: 'GROQ_API_KEY',
    suggestedModels: models('openai/gpt-oss-120b', 'moonshotai/kimi-k2-instruct-0905'),
    keyUrl: 'https://console.groq.com/keys',
  },
  {
    name: 'xAI',
    baseUrl: 'https://api.x.ai/v1',
    envKey: 'XAI_API_KEY',
    suggestedModels: models('grok-code-fast-1', 'grok-4'),
    keyUrl: 'https://console.x.ai',
  },
  {
    name: 'Together AI',
    baseUrl: 'https://api.together.xyz/v1',
    envKey: 'TOGETHER_API_KEY',
    suggestedModels: models('Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8'),
    keyUrl: 'https://api.together.ai/settings/api-keys',
  },
  {
    // The host contains the name of the user's resource.
    name: 'Azure OpenAI',
    baseUrl: 'https://YOUR-RESOURCE.openai.azure.com/openai/v1',
    envKey: 'AZURE_OPENAI_API_KEY',
    suggestedModels: [],
    keyUrl: 'https://portal.azure.com',
  },
  {
    // The host contains the region.
    name: 'Amazon Bedrock',
    baseUrl: 'https://bedrock-runtime.us-west-2.amazonaws.com/openai/v1',
    envKey: 'AWS_BEARER_TOKEN_BEDROCK',
    suggestedModels: models('openai.gpt-oss-120b-1:0'),
    keyUrl: 'https://console.aws.amazon.com/bedrock/home#/api-keys',
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
