/**
 * Stores API keys: in the system's keyring, or with the user's consent in a plain file that only the user can read.
 * The keyring is not used before the first request. A locked one may ask the user to unlock it; after a failure it is left alone
 * for a while, and then tried again: the user may have unlocked it meanwhile.
 */
import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readRegularFile } from '../engine/lib/regular-file.ts';
import writeFileAtomic from 'write-file-atomic';
import { EngineError } from '../engine/errors.ts';
import { writingFile } from '../engine/lib/file-errors.ts';
import type { Logger, SecretStore } from '../engine/ports.ts';
import { createKeyring, type Keyring } from './keyring.ts';

export interface SecretStoreOptions {
  readonly gantryHome: string;
  readonly logger: Logger;
  /** Default: the system's keyring. */
  readonly keyring?: Keyring;
  /** Default: the system's clock. */
  readonly nowMs?: () => number;
}

/** A keyring that failed is not asked again for this long: each attempt may ask the user to unlock it. Unit: ms. */
const REST_MS = 30_000;

/** `allowed` is the consent; it is in the same file, so that removing the file revokes it. */
interface KeyFile {
  readonly allowed: boolean;
  readonly keys: Readonly<Record<string, string>>;
}

const NO_KEYS: KeyFile = { allowed: false, keys: {} };

/** See `SecretStore`. Nothing is written to disk before the user consents. */
export function createSecretStore(options: SecretStoreOptions): SecretStore {
  const { gantryHome, logger } = options;
  const keyring = options.keyring ?? createKeyring();
  const filePath = join(gantryHome, 'keys.json');
  const nowMs = options.nowMs ?? Date.now;
  /** The last failure of the keyring, until it works again. */
  let failure: { readonly isLocked: boolean; readonly atMs: number } | undefined;
  let lastWrite: Promise<unknown> = Promise.resolve();

  /** Rejects when the file exists but cannot be read as a key file. */
  const openKeyFile = async (): Promise<KeyFile> => {
    try {
      return parseKeyFile(String(await readRegularFile(filePath)));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return NO_KEYS;
      throw error;
    }
  };

  const readKeyFile = (): Promise<KeyFile> =>
    openKeyFile().catch(() => {
      logger.warn('the key file cannot be read and counts as empty', { path: filePath });
      return NO_KEYS;
    });

  /** A write replaces the whole file, so unreadable keys must not be overwritten. */
  const keysToKeep = (): Promise<KeyFile> =>
    openKeyFile().catch((error: unknown) => {
      throw new EngineError('settings_broken', `${filePath} cannot be read, so nothing in it was changed.`, {
        cause: error,
        data: { path: filePath },
      });
    });

  const changeKeyFile = (change: (file: KeyFile) => KeyFile): Promise<void> => {
    const next = lastWrite.then(async () => {
      const text = `${JSON.stringify(change(await keysToKeep()), undefined, 2)}\n`;
      await writingFile(filePath, async () => {
        await mkdir(gantryHome, { recursive: true, mode: 0o700 });
        await writeFileAtomic(filePath, text, { mode: 0o600 });
        await chmod(filePath, 0o600); // also when an older file was readable by others
      });
    });
    lastWrite = next.catch(() => undefined); // the caller gets the error
    return next;
  };

  const readKeyring = async (account: string): Promise<string | undefined> => {
    if (failure !== undefined && nowMs() - failure.atMs < REST_MS) return undefined;
    try {
      const read = await keyring.get(account);
      failure = undefined;
      return read;
    } catch (error) {
      note(messageOf(error));
      logger.info('no keyring is available to read keys from', { reason: messageOf(error) });
      return undefined;
    }
  };
  const note = (reason: string) => void (failure = { isLocked: isLockedReason(reason), atMs: nowMs() });

  const probe = async () => {
    const found = await keyring.probe();
    if (found.ok) failure = undefined;
    else note(found.detail);
    return found;
  };

  const moveToKeyring = async (account: string, value: string) => {
    await keyring.set(account, value).catch((error: unknown) => {
      throw noKeyring(messageOf(error));
    });
    // With a key in both stores, deleting one copy would bring the other back.
    if ((await readKeyFile()).keys[account] !== undefined) await changeKeyFile((file) => without(file, account));
  };

  return {
    async get(account) {
      const kept = await readKeyring(account);
      if (kept !== undefined && kept !== '') return { value: kept, where: 'keyring' };
      const value = (await readKeyFile()).keys[account];
      return value === undefined ? undefined : { value, where: 'file' };
    },
    async set(account, value, store) {
      if (store === 'file') {
        if (!(await readKeyFile()).allowed) {
          throw new EngineError('consent_required', `Keeping keys in ${filePath}, as plain text, needs your consent first.`, {
            data: { path: filePath },
          });
        }
        await changeKeyFile((file) => ({ ...file, keys: { ...file.keys, [account]: value } }));
        return;
      }
      const found = await probe();
      if (!found.ok) throw noKeyring(found.detail);
      await moveToKeyring(account, value);
    },
    isLocked: () => failure?.isLocked === true,
    async moveAll() {
      const found = await probe();
      if (!found.ok) throw noKeyring(found.detail);
      for (const [account, value] of Object.entries((await keysToKeep()).keys)) await moveToKeyring(account, value);
      // A key that was saved meanwhile stays, and the file with it.
      if (Object.keys((await keysToKeep()).keys).length === 0) await rm(filePath, { force: true });
    },
    async delete(account) {
      if ((await readKeyFile()).keys[account] !== undefined) await changeKeyFile((file) => without(file, account));
      const deleteFromKeyring = () => keyring.delete(account).then(() => undefined, messageOf);
      if ((await deleteFromKeyring()) === undefined) return;
      // Without a keyring there is no entry. With one, the user must learn that the key still exists.
      const found = await probe();
      const reason = found.ok ? await deleteFromKeyring() : undefined;
      if (!found.ok) logger.info('no keyring is available to delete an entry from', { reason: found.detail });
      if (reason !== undefined) throw notDeleted(reason);
    },
    async describe() {
      const found = await probe();
      const { allowed, keys } = await readKeyFile();
      const file = { fileAllowed: allowed, filePath, fileKeys: Object.keys(keys).length };
      if (found.ok) return { keyring: 'available', ...file };
      return { keyring: isLockedReason(found.detail) ? 'locked' : 'unavailable', keyringDetail: found.detail, ...file };
    },
    async allowFile(allowed) {
      if (allowed) await changeKeyFile((file) => ({ ...file, allowed: true }));
      else await rm(filePath, { force: true }); // revoking the consent deletes the keys
    },
  };
}

/**
 * A locked keyring answers in the words of each system: that it is locked, or that the question to unlock it was dismissed. One
 * that waits for the answer does not answer in time.
 */
function isLockedReason(reason: string): boolean {
  return /\block|unlock|prompt|dismiss|abort|timed? ?out/i.test(reason);
}

function noKeyring(detail: string): EngineError {
  if (isLockedReason(detail))
    return new EngineError('keyring_unavailable', `The keyring is locked (${detail}). Unlock it, then try again.`);
  return new EngineError(
    'keyring_unavailable',
    `This system has no keyring that can store keys (${detail}). Unlock or install one, or allow a plain-text file.`,
  );
}

function notDeleted(reason: string): EngineError {
  return new EngineError(
    'keyring_unavailable',
    `The key is still in the system's keyring, which did not delete it (${reason}). Try again, or delete the entry "gantry" with the keyring's own program.`,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function without(file: KeyFile, account: string): KeyFile {
  return { ...file, keys: Object.fromEntries(Object.entries(file.keys).filter(([name]) => name !== account)) };
}

/** Members of another type count as absent. */
function parseKeyFile(text: string): KeyFile {
  const raw: unknown = JSON.parse(text);
  const allowed = typeof raw === 'object' && raw !== null && 'allowed' in raw && raw.allowed === true;
  const keys =
    typeof raw === 'object' && raw !== null && 'keys' in raw && typeof raw.keys === 'object' && raw.keys !== null ? raw.keys : {};
  return { allowed, keys: Object.fromEntries(Object.entries(keys).filter(([, value]) => typeof value === 'string' && value !== '')) };
}
