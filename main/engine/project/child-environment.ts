import type { Environment } from '../ports.ts';

/** Every command needs a shell, an editor and a path: an `envKey` with such a name does not remove them. */
const ALWAYS_KEPT: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'TERM',
  'LANG',
  'LC_ALL',
  'TMPDIR',
  'TMP',
  'TEMP',
  'PWD',
  'TZ',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
  'SYSTEMROOT',
  'SystemRoot',
  'COMSPEC',
  'ComSpec',
  'PATHEXT',
  'Path',
]);

/** Set by Electron, by Node for its own children, or by `npm start` for this app: they do not come from the user. */
const OF_OUR_RUNTIME = /^(?:ELECTRON_.*|NODE_(?!ENV$|EXTRA_CA_CERTS$).*|CHROME_DESKTOP|ORIGINAL_XDG_CURRENT_DESKTOP|npm_.*|INIT_CWD)$/;

/** Keys of the services that this program, or a similar one, uses. Also if no setting names them. */
const KNOWN_KEYS =
  /^(?:QWEN_SERVER_TOKEN|GANTRY_SERVER_TOKEN|OPENAI_ADMIN_KEY|OPENAI_CUSTOM_HEADERS|ANTHROPIC_AUTH_TOKEN|BAILIAN_CODING_PLAN_API_KEY|(?:OPENAI|AZURE_OPENAI|ANTHROPIC|CLAUDE|GEMINI|GOOGLE|GOOGLE_GENERATIVE_AI|DASHSCOPE|BAILIAN|QWEN|MODELSCOPE|MODELSCOPE_SDK|OPENROUTER|FIREWORKS|DEEPSEEK|MISTRAL|GROQ|XAI|TOGETHER|TOGETHERAI|MOONSHOT|KIMI|ZAI|ZHIPU|ZHIPUAI|MINIMAX|COHERE|PERPLEXITY|CEREBRAS|NVIDIA|SILICONFLOW|ARK|VOLCENGINE|HUNYUAN|REPLICATE|TAVILY)_(?:API_?KEY|API_TOKEN))$/i;

/** Whether a variable holds a key: `envKeys` name it, or a known service does. */
export function isKeyVariable(name: string, envKeys: ReadonlySet<string>): boolean {
  return KNOWN_KEYS.test(name) || (envKeys.has(name) && !ALWAYS_KEPT.has(name));
}

/**
 * The part of the user's environment that a child process receives: no variables of Electron or Node, none named by an `envKey`,
 * no known provider key, unless `passed` lists it. Pure. Source: BT-32.
 */
export function childEnvironment(
  own: Environment,
  options: { readonly envKeys: readonly string[]; readonly passed: readonly string[] },
): Readonly<Record<string, string>> {
  const secret = new Set(options.envKeys);
  const passed = new Set(options.passed);
  const child: Record<string, string> = {};
  for (const [name, value] of Object.entries(own)) {
    if (value === undefined) continue;
    if (passed.has(name) || !(isKeyVariable(name, secret) || OF_OUR_RUNTIME.test(name))) child[name] = value;
  }
  return child;
}
