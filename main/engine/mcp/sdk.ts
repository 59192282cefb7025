/** The protocol's library: loaded when the first server is started, never at the start of the app. */
export async function loadSdk() {
  const [client, http, sse, auth, types] = await Promise.all([
    import('@modelcontextprotocol/sdk/client/index.js'),
    import('@modelcontextprotocol/sdk/client/streamableHttp.js'),
    import('@modelcontextprotocol/sdk/client/sse.js'),
    import('@modelcontextprotocol/sdk/client/auth.js'),
    import('@modelcontextprotocol/sdk/types.js'),
  ]);
  return { ...client, ...http, ...sse, ...auth, ...types };
}

export type Sdk = Awaited<ReturnType<typeof loadSdk>>;
