import { splitHidden } from '../../../preload/contract/index.ts';
import { t } from '../../i18n.ts';

/**
 * A text of a model, a program or a file name, shown as it is: each invisible or reordering character is a chip with its code,
 * and the characters are in the order in which a program reads them.
 */
export function ExactText({ text }: { readonly text: string }) {
  const pieces = splitHidden(text);
  return (
    <span dir="ltr" className="[unicode-bidi:isolate-override]">
      {pieces.map(({ start, text: piece, code }) =>
        code === undefined ? (
          piece
        ) : (
          <span
            key={start}
            title={t('common.hiddenCharacter', { code })}
            className="mx-px rounded-xs border border-err/60 bg-err-tint px-0.5 align-baseline text-[0.85em] text-err [unicode-bidi:isolate]"
          >
            {code}
          </span>
        ),
      )}
    </span>
  );
}
