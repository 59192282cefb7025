import type { ConnectionTest } from '../../../../preload/contract/index.ts';
import { testSentence } from '../provider-format.ts';

export function TestResult({ test }: { readonly test: ConnectionTest }) {
  const { head, rest } = testSentence(test);
  return (
    <p role="status" className="min-w-0 flex-1 rounded-md border border-border px-2.5 py-1.5 text-row break-words text-text-2">
      <strong className={`font-[550] ${test.outcome === 'works' ? 'text-ok' : 'text-err'}`}>{head}</strong> {rest}
    </p>
  );
}
