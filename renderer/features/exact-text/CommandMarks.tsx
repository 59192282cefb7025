import type { CommandMarkCode } from '../../../preload/contract/index.ts';
import { t } from '../../i18n.ts';
import { Chip } from '../../ui/index.ts';

/** What to notice first about a command. Without marks nothing, which does not mean that it is harmless. */
export function CommandMarks({ marks = [] }: { readonly marks?: readonly CommandMarkCode[] | undefined }) {
  return [...new Set(marks)].map((code) => (
    <Chip key={code} tone={code === 'network' ? 'plain' : 'warn'}>
      {t(`approval.mark.${code}`)}
    </Chip>
  ));
}
