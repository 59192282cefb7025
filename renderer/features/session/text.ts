import { withMessages } from '../../i18n.ts';
import { answer, longText, notice, requestProblem, session } from '../../locales/en/transcript.ts';

/** The screen of a session loads its texts itself, so that the first load does not need them. */
export const t = withMessages({ answer, longText, notice, requestProblem, session });
