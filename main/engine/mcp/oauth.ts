/**
 * Signs in to a server with OAuth: the library's flow, a browser that the caller opens, an answer on a loopback port. Tokens are
 * kept in the secret store under the server's name and the origin of its address, so that another address under the same name
 * never gets them. They are never logged.
 */
import { randomBytes } from 'node:crypto';
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import { z } from 'zod';
import { defined, isLoopbackHost } from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import type { Clock, Logger, SecretStore } from '../ports.ts';
import { createClient } from './connection.ts';
import { createGuardedFetch, type GuardedFetchOptions } from './server-fetch.ts';
import { awaitCode } from './loopback.ts';
import { createRemoteTransport } from './remote-transport.ts';
import { loadSdk } from './sdk.ts';
import type { OAuthConfig, RemoteConfig } from './server-config.ts';

/** What is stored. The library validates the parts again when it uses them. */
const Kept = z.object({
  tokens: z.looseObject({ access_token: z.string(), token_type: z.string() }),
  client: z.looseObject({ client_id: z.string() }),
});
type Kept = { readonly tokens: OAuthTokens; readonly client: OAuthClientInformationMixed };

export function toAccount(name: string, { url }: RemoteConfig): string {
  return `mcp:${name}@${new URL(url).origin}`;
}

async function readKept(
  secrets: SecretStore,
  account: string,
): Promise<{ readonly kept: Kept; readonly where: 'keyring' | 'file' } | undefined> {
  const found = await secrets.get(account);
  if (found === undefined) return undefined;
  try {
    return { kept: Kept.parse(JSON.parse(found.value)), where: found.where };
  } catch {
    return undefined; // damaged: the same as not signed in
  }
}

export async function isSignedIn(secrets: SecretStore, name: string, remote: RemoteConfig): Promise<boolean> {
  return (await readKept(secrets, toAccount(name, remote))) !== undefined;
}

/** For a connection: the stored tokens, renewed when they have expired. It never begins a sign-in. */
export async function quietProvider(
  { secrets, logger }: { readonly secrets: SecretStore; readonly logger: Logger },
  name: string,
  remote: RemoteConfig,
): Promise<OAuthClientProvider | undefined> {
  const account = toAccount(name, remote);
  const found = await readKept(secrets, account);
  if (found === undefined) return undefined;
  const { client } = found.kept;
  let tokens: OAuthTokens | undefined = found.kept.tokens;
  return {
    redirectUrl: 'http://127.0.0.1/callback',
    clientMetadata: toMetadata('http://127.0.0.1/callback', remote.oauth),
    clientInformation: () => client,
    tokens: () => tokens,
    async saveTokens(renewed) {
      tokens = renewed;
      await secrets.set(account, JSON.stringify({ client, tokens }), found.where).catch((error: unknown) => {
        logger.warn('The renewed sign-in of an MCP server could not be stored', {
          server: name,
          error: error instanceof Error ? error.name : '',
        });
      });
    },
    // The server rejects the stored tokens; a new sign-in replaces them.
    async invalidateCredentials(scope) {
      if (scope === 'verifier' || scope === 'discovery') return;
      tokens = undefined;
      await secrets.delete(account);
    },
    redirectToAuthorization: () => undefined, // the library then reports that no user is signed in, and that is shown
    saveCodeVerifier: () => undefined,
    codeVerifier: () => '',
  };
}

export interface SignInDeps {
  readonly secrets: SecretStore;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly root: string;
  readonly version: string;
  readonly proxies?: GuardedFetchOptions['proxies'];
}

/**
 * `done` resolves with true when the tokens are stored, with false when the browser did not return in time or the server
 * refused.
 */
export interface SignIn {
  readonly url: string;
  readonly done: Promise<boolean>;
  cancel(): void;
}

/** Longer than a sign-in needs. Unit: ms. */
const SIGN_IN_MS = 5 * 60_000;
const BEGIN_MS = 20_000;

/**
 * Asks the server where to sign in, and waits for the browser to return.
 * Errors: `consent_required` and `keyring_unavailable` (the tokens cannot be stored), `provider_error` (the server has no
 * sign-in).
 */
export async function beginSignIn(name: string, remote: RemoteConfig, deps: SignInDeps): Promise<SignIn> {
  const { secrets, logger, clock } = deps;
  const store = await placeFor(secrets);
  const state = randomBytes(24).toString('base64url');
  const listener = await awaitCode({ state, port: remote.oauth.redirectPort ?? 0, clock, limitMs: SIGN_IN_MS });
  let asked: URL | undefined;
  let client: OAuthClientInformationMixed | undefined =
    remote.oauth.clientId === undefined
      ? undefined
      : {
          client_id: remote.oauth.clientId,
          ...defined({ client_secret: remote.oauth.clientSecret }),
        };
  let tokens: OAuthTokens | undefined;
  let verifier = '';
  const provider: OAuthClientProvider = {
    redirectUrl: listener.redirectUrl,
    clientMetadata: toMetadata(listener.redirectUrl, remote.oauth),
    state: () => state,
    clientInformation: () => client,
    saveClientInformation: (registered) => void (client = registered),
    tokens: () => tokens,
    saveTokens: (granted) => void (tokens = granted),
    redirectToAuthorization: (url) => void (asked = url),
    saveCodeVerifier: (made) => void (verifier = made),
    codeVerifier: () => verifier,
  };
  const sdk = await loadSdk();
  const fetch = createGuardedFetch({
    url: remote.url,
    headers: remote.headers,
    userAgent: `gantry/${deps.version}`,
    proxies: deps.proxies,
  });
  const transport = createRemoteTransport(remote, { sdk, fetch, authProvider: provider });
  const probe = createClient(sdk, deps);
  const refusal = await probe.connect(transport, { timeout: BEGIN_MS }).then(
    () => 'It accepts anonymous requests, so it needs no sign-in.',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const giveUp = () => {
    listener.close();
    void transport.close();
  };
  if (asked === undefined || !isOpenable(asked)) {
    giveUp();
    throw new EngineError('provider_error', `The MCP server ${name} offers no sign-in that Gantry can use. ${refusal.slice(0, 300)}`);
  }
  const done = finish().catch((error: unknown) => {
    logger.warn('A sign-in at an MCP server failed', { server: name, error: error instanceof Error ? error.name : '' });
    return false;
  });
  async function finish(): Promise<boolean> {
    try {
      const code = await listener.code;
      if (code === undefined) return false;
      await transport.finishAuth(code);
      if (tokens === undefined || client === undefined) return false;
      await secrets.set(toAccount(name, remote), JSON.stringify({ tokens, client }), store);
      return true;
    } finally {
      giveUp();
    }
  }
  return { url: asked.href, done, cancel: giveUp };
}

/** A server must not send a browser to a file or another program. */
function isOpenable(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname));
}

async function placeFor(secrets: SecretStore): Promise<'keyring' | 'file'> {
  const { keyring, keyringDetail, fileAllowed, filePath } = await secrets.describe();
  if (keyring === 'available') return 'keyring';
  if (fileAllowed) return 'file';
  throw new EngineError(
    'consent_required',
    `${keyring === 'locked' ? 'The keyring is locked, so it cannot store the sign-in' : 'There is no keyring to store the sign-in in'}${keyringDetail === undefined ? '' : ` (${keyringDetail})`}. ${keyring === 'locked' ? 'Unlock it, or allow' : 'Allow'} the plain-text file under Models and keys first.`,
    { data: { path: filePath } },
  );
}

function toMetadata(redirectUrl: string, { scopes, clientSecret }: OAuthConfig) {
  return {
    client_name: 'Gantry',
    redirect_uris: [redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: clientSecret === undefined ? 'none' : 'client_secret_post',
    ...(scopes === undefined ? {} : { scope: scopes.join(' ') }),
  };
}
