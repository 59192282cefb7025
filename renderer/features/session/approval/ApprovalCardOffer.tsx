import { type RuleOffer, spellHidden } from '../../../../preload/contract/index.ts';
import { Button } from '../../../ui/index.ts';
import { ExactText } from '../../exact-text/index.ts';
import { t } from '../../../i18n.ts';

export interface ApprovalCardOfferProps {
  readonly offer: RuleOffer;
  readonly ready: boolean;
  readonly onWrite: () => void;
  readonly onBack: () => void;
}

/** The rule that "always allow" would save, and its file, before it is saved. */
export function ApprovalCardOffer({ offer, ready, onWrite, onBack }: ApprovalCardOfferProps) {
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      <p className="min-w-0 flex-1 basis-64 text-row wrap-anywhere">
        {t('approval.writes')}{' '}
        {offer.rules.map((rule) => (
          <code key={rule} className="mr-1 rounded-xs bg-wash px-1 font-mono text-code">
            <ExactText text={rule} />
          </code>
        ))}
        <span className="block text-meta wrap-anywhere text-text-3">{t('approval.writesTo', { path: spellHidden(offer.path) })}</span>
      </p>
      <Button look="primary" aria-disabled={!ready} onClick={onWrite}>
        {t('approval.write')}
      </Button>
      <Button look="quiet" onClick={onBack}>
        {t('common.back')}
      </Button>
    </div>
  );
}
