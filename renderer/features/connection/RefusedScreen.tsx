import type { WireError } from '../../../preload/contract/index.ts';
import { Button } from '../../ui/index.ts';
import { connectionStrings } from './connection-strings.ts';

/** The host will not have this window: other versions, or no access token. Nothing else can be done here. */
export function RefusedScreen({ error }: { readonly error: WireError }) {
  const { title, detail } = wordsFor(error);
  return (
    <main className="grid h-full place-items-center p-6">
      <div role="alert" className="flex max-w-[52ch] flex-col items-start gap-3">
        <h1 className="text-title font-semibold">{title}</h1>
        <p className="text-text-2">{detail}</p>
        <p className="font-mono text-code text-text-3">
          {error.code}: {error.message}
        </p>
        <Button look="primary" onClick={() => location.reload()}>
          {connectionStrings.reload}
        </Button>
      </div>
    </main>
  );
}

function wordsFor(error: WireError): { title: string; detail: string } {
  const words = connectionStrings;
  if (error.code === 'protocol_mismatch') return { title: words.mismatch, detail: words.mismatchDetail };
  if (error.code === 'unauthorized') return { title: words.noToken, detail: words.noTokenDetail };
  return { title: words.refused, detail: error.message };
}
