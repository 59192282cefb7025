/**
 * The keys that this program has read or been given, so that they can be replaced in what commands print. They are kept in memory
 * only, as long as the engine lives: a key that was replaced by another one is still a secret.
 */
import type { SecretStore } from '../ports.ts';
import type { LookupEnvironment } from '../settings/index.ts';
import { isKeyVariable } from './child-environment.ts';

export interface CollectedKeys {
  add(value: string | undefined): void;
  /** `envKeys`: variables that settings name as keys. Known names of keys count too. */
  addFrom(environment: LookupEnvironment, envKeys: readonly string[]): void;
  values(): readonly string[];
}

/** Tokens of a sign-in change every hour; the oldest are dropped. */
const MOST_KEYS = 500;

/** What servers that need no key are given instead, such as `not-needed` or `lm-studio`: words that commands print anyway. */
const PLACEHOLDER = /^[a-z-]{1,20}$/;

/** The secret members of the tokens of a sign-in, which are stored as JSON. */
const SECRET_MEMBERS = new Set(['access_token', 'refresh_token', 'id_token', 'client_secret']);

export function createCollectedKeys(): CollectedKeys {
  const known = new Set<string>();

  function add(value: string | undefined): void {
    const key = value?.trim() ?? '';
    if (key === '' || PLACEHOLDER.test(key) || known.has(key)) return;
    known.add(key);
    if (known.size > MOST_KEYS) for (const oldest of [...known].slice(0, known.size - MOST_KEYS)) known.delete(oldest);
  }

  return {
    add,
    addFrom({ process, dotenv, settings }, envKeys) {
      const named = new Set(envKeys);
      for (const source of [process, dotenv, settings])
        for (const [name, value] of Object.entries(source)) if (isKeyVariable(name, named)) add(value);
    },
    values: () => [...known],
  };
}

/** The same store; what is read from it or written to it is collected. */
export function collectingStore(store: SecretStore, keys: Pick<CollectedKeys, 'add'>): SecretStore {
  const collect = (value: string) => {
    for (const secret of secretsIn(value)) keys.add(secret);
  };
  return {
    ...store,
    async get(account) {
      const found = await store.get(account);
      if (found !== undefined) collect(found.value);
      return found;
    },
    async set(account, value, where) {
      collect(value);
      await store.set(account, value, where);
    },
  };
}

function secretsIn(value: string): readonly string[] {
  if (!value.startsWith('{')) return [value];
  const found: string[] = [];
  try {
    JSON.parse(value, (name, member: unknown) => {
      if (SECRET_MEMBERS.has(name) && typeof member === 'string') found.push(member);
      return member;
    });
  } catch {
    return [value]; // not ours
  }
  return found;
}
