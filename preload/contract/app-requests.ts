/** The host itself. See requests.ts. */
import * as z from 'zod/mini';
import { none, request } from './request.ts';

export const appRequests = {
  'app.describe': request(
    none,
    z.object({
      version: z.string(),
      host: z.enum(['desktop', 'server', 'memory']),
      platform: z.string(),
      homePath: z.string(),
      logPath: z.optional(z.string()),
      /** The desktop has a folder dialog; in a browser the user types the path. */
      canPickFolder: z.boolean(),
      /** The desktop can show a file in its folder. */
      canRevealFiles: z.optional(z.boolean()),
      /** Requests that grant something lasting are answered after a question in the terminal of the server. */
      confirmsInTerminal: z.optional(z.boolean()),
      /** The window's menu has no bar: the page has a button for it, and opens it with `app.openMenu`. */
      hasMenu: z.optional(z.boolean()),
      /** The host ends when its window is closed, which stops everything that runs. */
      endsWithWindow: z.optional(z.boolean()),
    }),
  ),
  /** Opens the system's folder dialog. Errors: `not_supported` in a browser. */
  'app.pickFolder': request(none, z.object({ path: z.nullable(z.string()) })),
  /** Opens the window's menu with its corner at a point of the page. Units: CSS pixels. Errors: `not_supported` without `hasMenu`. */
  'app.openMenu': request(z.object({ x: z.int(), y: z.int() }), none),
  /** The page is darker behind a dialog, or no longer: the window's buttons follow. Errors: `not_supported` without `hasMenu`. */
  'app.dimTitleBar': request(z.object({ dimmed: z.boolean() }), none),
  /** Opens an http(s) link in the user's browser; only after a click of the user. Errors: `not_supported` in a browser. */
  'app.openExternal': request(z.object({ url: z.url({ protocol: /^https?$/ }).check(z.maxLength(2000)) }), none),
} as const;
