/** `gantry mcp auth <name>`: signs in at a server with OAuth. Any browser on this computer works; the response arrives on a loopback port. */
import type { ProjectId } from '../../../preload/contract/index.ts';
import type { Engine } from '../../engine/index.ts';
import { EXIT } from '../exit-codes.ts';

/** Resolves with the exit code. Errors: `EngineError` as `Mcp.signIn` says. */
export async function signInAtServer(
  { mcp }: Pick<Engine, 'mcp'>,
  projectId: ProjectId,
  { name, signOut }: { readonly name: string; readonly signOut: boolean },
  say: (line: string) => void,
): Promise<number> {
  if (signOut) {
    await mcp.signOut(projectId, name);
    say(`Signed out of the MCP server ${name}: its tokens are removed from this computer.`);
    return EXIT.success;
  }
  const { url, done } = await mcp.signIn(projectId, name);
  say(
    `Open this address in a browser on this computer to sign in at the MCP server ${name}:\n\n  ${url}\n\nWaiting, at most 5 minutes. Ctrl+C gives up.`,
  );
  if (await done) {
    say(`Signed in. The MCP server ${name} can be used, by the window as well.`);
    return EXIT.success;
  }
  say(`The sign-in was not completed, or the server refused it. Try again with gantry mcp auth ${name}.`);
  return EXIT.failure;
}
