/** The host itself. See requests.ts. */
import { z } from 'zod';
import { none, request } from './request.ts';

export const appRequests = {
  'app.describe': request(
    none,
    z.object({
      version: z.string(),
      host: z.enum(['desktop', 'server', 'memory']),
      platform: z.string(),
      homePath: z.string(),
      logPath: z.string().optional(),
      /** The desktop has a folder dialog; in a browser the user types the path. */
      canPickFolder: z.boolean(),
      /** The desktop can show a file in its folder. */
      canRevealFiles: z.boolean().optional(),
      /** The host ends when its window is closed, which stops everything that runs. */
      endsWithWindow: z.boolean().optional(),
    }),
  ),
  /** Opens the system's folder dialog. Errors: `not_supported` in a browser. */
  'app.pickFolder': request(none, z.object({ path: z.string().nullable() })),
  /** Opens an http(s) link in the user's browser; only after a click of the user. Errors: `not_supported` in a browser. */
  'app.openExternal': request(z.object({ url: z.url({ protocol: /^https?$/ }).max(2000) }), none),
} as const;
