/** `gantry auth set`: saves a key. It is read from standard input, never from the arguments, which other users can see. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { ProviderSummary } from '../../../preload/contract/index.ts';
import { isStorageError, reportableError } from '../../engine/index.ts';
import type { AuthArgs } from '../args/args.ts';
import { EXIT } from '../exit-codes.ts';
import { openNodeEngine } from '../node-engine.ts';

export async function authCommand(args: AuthArgs): Promise<number> {
  const { engine, close } = openNodeEngine({ hostKind: 'cli' });
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  try {
    const { providers } = await engine.providers.list();
    if (args.action === 'status') {
      process.stdout.write(describeKeys(providers));
      return EXIT.success;
    }
    const chosen = chooseProvider(providers, args.provider);
    if (chosen.kind === 'none') {
      say(chosen.message);
      return EXIT.badInput;
    }
    const key = (await readKey(`Key for ${chosen.provider.name}: `)).trim();
    if (key === '') {
      say('There is no key on standard input.');
      return EXIT.badInput;
    }
    if (args.insecureFile) await engine.providers.allowKeyFile(true);
    await engine.providers.setKey(chosen.provider.id, key, args.insecureFile ? 'file' : 'keyring');
    const where = args.insecureFile ? (await engine.providers.describeKeyStore()).filePath : "the system's keyring";
    say(`The key for ${chosen.provider.name} is kept in ${where}.`);
    return EXIT.success;
  } catch (error) {
    const coded = reportableError(error);
    if (coded === undefined) throw error;
    const remedy = coded.code === 'keyring_unavailable' ? ' To keep it in a plain-text file only you can read: --insecure-file.' : '';
    say(`${coded.message}${remedy}`);
    return isStorageError(coded) ? EXIT.failure : EXIT.badConfiguration;
  } finally {
    await close();
  }
}

const KEY_WORDS: Readonly<Record<ProviderSummary['key']['source'], string>> = {
  keyring: "in the system's keyring",
  file: "in Gantry's own file",
  environment: 'in the environment',
  dotenv: 'in a .env file',
  settings_env: 'in the settings (env)',
  auth_settings: 'in the settings (security.auth)',
  none_needed: 'not needed',
  missing: 'missing',
};

/** One provider per line: name, address, where its key is, and the variable that may have it. Pure. */
export function describeKeys(providers: readonly ProviderSummary[]): string {
  const lines = providers
    .filter(({ protocol }) => protocol !== 'demo')
    .map(
      ({ name, baseUrl, key, envKey }) =>
        `${name}  ${baseUrl}  key ${KEY_WORDS[key.source]}${envKey === undefined ? '' : ` (${envKey})`}\n`,
    );
  return (
    lines.join('') ||
    'No provider is configured. Set OPENAI_API_KEY, OPENAI_BASE_URL and OPENAI_MODEL, or add one to modelProviders in settings.json.\n'
  );
}

export type ProviderChoice =
  | { readonly kind: 'one'; readonly provider: ProviderSummary }
  | { readonly kind: 'none'; readonly message: string };

/** By id, name or base URL; without one, the only provider that takes a key. Pure. */
export function chooseProvider(all: readonly ProviderSummary[], wanted: string | undefined): ProviderChoice {
  const candidates = all.filter((provider) => provider.envKey !== undefined);
  const found = wanted === undefined ? candidates : candidates.filter(({ id, name, baseUrl }) => [id, name, baseUrl].includes(wanted));
  const [provider] = found;
  if (provider !== undefined && found.length === 1) return { kind: 'one', provider };
  if (candidates.length === 0)
    return { kind: 'none', message: 'No provider that takes a key is configured. Add one under modelProviders in settings.json.' };
  const names = candidates.map(({ name, baseUrl }) => `  ${name}  ${baseUrl}`).join('\n');
  return { kind: 'none', message: `Name one provider, by its name or address:\n${names}` };
}

/** Reads one line, without echo when a person types it. */
function readKey(question: string): Promise<string> {
  const isTyped = process.stdin.isTTY;
  if (isTyped) process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: isTyped });
  return new Promise((resolve) => {
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
      if (isTyped) process.stderr.write('\n');
    });
    lines.once('close', () => resolve(''));
  });
}
