/**
 * The system's keyring through `@napi-rs/keyring`, which is loaded by the first request.
 * On Linux only the Secret Service is used: the kernel's keyring, the package's fallback, loses everything at a restart.
 */
import { randomBytes } from 'node:crypto';

/** One name for every host, so that the desktop and `gantry -p` share the keys. */
const SERVICE = 'gantry';
/** After this time a keyring that waits for a hidden password prompt counts as failed. Unit: ms. */
const ANSWER_LIMIT_MS = 5000;
/** The limit when the user is present to unlock the keyring. Unit: ms. */
const PROBE_LIMIT_MS = 30_000;

export interface Keyring {
  /** Undefined without an entry. Throws when the keyring cannot be read. */
  get(account: string): Promise<string | undefined>;
  set(account: string, value: string): Promise<void>;
  /** Removing a missing entry is not a failure. */
  delete(account: string): Promise<void>;
  /**
   * Checks that the keyring stores entries: writes, reads and deletes a throwaway entry. A missing keyring answers reads with
   * nothing instead of failing, so a read alone proves nothing.
   */
  probe(): Promise<{ readonly ok: true } | { readonly ok: false; readonly detail: string }>;
}

export function createKeyring(): Keyring {
  const entry = async (account: string) => {
    const { AsyncEntry } = await import('@napi-rs/keyring');
    return new AsyncEntry(SERVICE, account, { linux: { store: 'secret-service' } });
  };
  const limit = (ms: number) => AbortSignal.timeout(ms);
  return {
    async get(account) {
      return (await (await entry(account)).getPassword(limit(ANSWER_LIMIT_MS))) ?? undefined;
    },
    async set(account, value) {
      await (await entry(account)).setPassword(value, limit(PROBE_LIMIT_MS));
    },
    async delete(account) {
      await (await entry(account)).deletePassword(limit(ANSWER_LIMIT_MS));
    },
    async probe() {
      const written = randomBytes(8).toString('hex');
      try {
        const probe = await entry(`probe-${randomBytes(4).toString('hex')}`);
        await probe.setPassword(written, limit(PROBE_LIMIT_MS));
        const read = await probe.getPassword(limit(ANSWER_LIMIT_MS));
        await probe.deletePassword(limit(ANSWER_LIMIT_MS));
        return read === written ? { ok: true } : { ok: false, detail: 'The keyring did not return the entry that was written to it.' };
      } catch (error) {
        return { ok: false, detail: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}
