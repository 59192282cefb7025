import { withMessages } from '../../i18n.ts';
import { connect } from '../../locales/en/connect.ts';
import { mcp } from '../../locales/en/mcp.ts';
import { settings } from '../../locales/en/settings.ts';

/** The settings load their texts themselves, so that the window does not need them. */
export const t = withMessages({ connect, mcp, settings });
