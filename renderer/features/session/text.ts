import { withMessages } from '../../i18n.ts';
import { attachment, composer, queue } from '../../locales/en/composer.ts';
import { answer, longText, notice, question, requestProblem, session } from '../../locales/en/transcript.ts';

/** The screen of a session loads its texts itself, so that the first load does not need them. */
export const t = withMessages({ answer, attachment, composer, longText, notice, question, queue, requestProblem, session });
