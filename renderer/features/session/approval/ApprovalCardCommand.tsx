import { type Approval, spellHidden } from '../../../../preload/contract/index.ts';
import { markCommand } from './approval-card-marks.ts';
import { t } from '../../../i18n.ts';
import { sandboxText } from '../../../stores/index.ts';
import { CommandMarks, ExactText } from '../../exact-text/index.ts';

/** The complete command. Risky parts are marked and described below, because colour alone is not accessible. */
export function ApprovalCardCommand({ approval }: { readonly approval: Approval }) {
  const { command = '', risks = [], marks = [], cwd, sandbox } = approval;
  const codes = marks.map(({ code }) => code);
  const spans = [...risks, ...marks.map(({ code, ...span }) => ({ ...span, why: t(`approval.mark.${code}`) }))];
  const reasons = [...new Set(risks.map(({ why }) => why))];
  return (
    <div className="my-2 flex min-h-0 flex-col rounded-md border border-border bg-term px-2.5 py-1.5">
      <pre
        tabIndex={0}
        aria-label={t('approval.command')}
        className="min-h-[18px] overflow-y-auto font-mono text-code wrap-anywhere whitespace-pre-wrap text-term-ink"
      >
        {markCommand(command, spans).map(({ text, start, why }) =>
          why.length === 0 ? (
            <ExactText key={start} text={text} />
          ) : (
            <mark
              key={start}
              title={why.join('; ')}
              className="rounded-xs bg-warn-tint text-warn underline decoration-dotted underline-offset-2"
            >
              <ExactText text={text} />
            </mark>
          ),
        )}
      </pre>
      {codes.length > 0 && (
        <p className="flex flex-wrap gap-1.5 pt-1">
          <CommandMarks marks={codes} />
        </p>
      )}
      {reasons.length > 0 && (
        <p className="pt-1 text-meta wrap-anywhere text-warn">{t('approval.marked', { reasons: reasons.join('; ') })}</p>
      )}
      {cwd !== undefined && <p className="pt-1 text-meta break-all text-text-3">{t('approval.inFolder', { cwd: spellHidden(cwd) })}</p>}
      {sandbox !== undefined && sandbox.status !== 'off' && (
        <p className={`pt-1 text-meta wrap-anywhere ${sandbox.status === 'on' ? 'text-text-3' : 'text-warn'}`}>{sandboxText(sandbox)}</p>
      )}
    </div>
  );
}
