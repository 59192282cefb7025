/**
 * The system's keyring over `@napi-rs/keyring`, which is loaded by the first question.
 * On Linux only the Secret Service counts: the kernel's own keyring, the package's fallback, forgets everything at a restart.
 */
import { randomBytes } from 'node:crypto';

/** One place for every host, so that the desktop and `gantry -p` share the keys. */
const SERVICE = 'gantry';
/** A keyring that waits for a password nobody sees is given up. Unit: ms. */
const ANSWER_LIMIT_MS = 5000;
/** With the user there to unlock it. Unit: ms. */
const PROBE_LIMIT_MS = 30_000;

export interface Keyring {
  /** Undefined where it has no entry. Throws where it cannot be asked. */
  get(account: string): Promise<string | undefined>;
  set(account: string, value: string): Promise<void>;
  /** Removing what is not there is no failure. */
  delete(account: string): Promise<void>;
  /**
   * Whether it keeps what it is given: writes, reads and deletes a throwaway entry. A missing keyring answers reads with
   * nothing instead of failing, so nothing less is proof.
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
        return read === written ? { ok: true } : { ok: false, detail: 'The keyring did not give back what was written to it.' };
      } catch (error) {
        return { ok: false, detail: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}
