import { withMessages } from '../../i18n.ts';
import { mcp } from '../../locales/en/mcp.ts';
import { settings } from '../../locales/en/settings.ts';

/** The texts of the settings are loaded with them, not with the window. */
export const t = withMessages({ mcp, settings });
