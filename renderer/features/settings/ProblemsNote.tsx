import type { SettingsProblem } from '../../../preload/contract/index.ts';
import { CopyButton } from '../../ui/index.ts';
import { t } from './text.ts';
import { lineText } from './settings-error.ts';

/** Settings files that could not be read, above every section: their content has no effect. */
export function ProblemsNote({ problems }: { readonly problems: readonly SettingsProblem[] }) {
  if (problems.length === 0) return null;
  return (
    <section
      aria-label={t('settings.problems.title')}
      className="mx-auto mb-6 max-w-[780px] rounded-lg border border-err/40 bg-err-tint px-3.5 py-2.5"
    >
      <h2 className="font-[550] text-err">{t('settings.problems.title')}</h2>
      <ul>
        {problems.map((problem) => (
          <li key={`${problem.path}:${problem.line}:${problem.column}`} className="mt-1">
            <span className="flex items-center gap-1 font-mono text-code">
              <span className="min-w-0 break-all">{problem.path}</span>
              {problem.line !== undefined && <span className="shrink-0 text-text-2">{lineText(problem.line, problem.column)}</span>}
              <CopyButton text={problem.path} label={t('settings.files.copyPath', { path: problem.path })} />
            </span>
            <span className="text-row text-text-2">
              {problem.message} {problem.usesLastGood === true ? t('settings.problems.lastGood') : t('settings.problems.ignored')}
            </span>
          </li>
        ))}
      </ul>
      <p className="mt-1 text-row text-text-2">{t('settings.problems.kept')}</p>
    </section>
  );
}
