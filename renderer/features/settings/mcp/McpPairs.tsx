import { useState } from 'react';
import { Button, Field } from '../../../ui/index.ts';
import { t } from '../text.ts';

export type PairsKind = 'env' | 'headers';

/**
 * Variables of a program, or headers of an address. The fields hold what is typed, and React state does not: values may be
 * secrets, which leave the page with the form. `readPairs` reads them.
 */
export function McpPairs({ kind, error }: { readonly kind: PairsKind; readonly error: string | undefined }) {
  const [rows, setRows] = useState(0);
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="text-row text-text-2">{t(`mcp.pairs.${kind}.legend`)}</legend>
      {Array.from({ length: rows }, (_, at) => (
        <div key={at} className="flex gap-2">
          <Field
            className="flex-1"
            label={t(`mcp.pairs.${kind}.name`, { row: at + 1 })}
            hideLabel
            mono
            name="pair-name"
            placeholder={t(`mcp.pairs.${kind}.namePlaceholder`)}
          />
          <Field
            className="flex-[2]"
            label={t(`mcp.pairs.${kind}.value`, { row: at + 1 })}
            hideLabel
            mono
            type="password"
            name="pair-value"
            placeholder={t(`mcp.pairs.${kind}.valuePlaceholder`)}
            data-1p-ignore
            data-lpignore="true"
            maxLength={10_000}
          />
        </div>
      ))}
      {error !== undefined && (
        <p role="alert" className="text-meta text-err">
          {error}
        </p>
      )}
      {rows > 0 && <p className="text-meta text-text-3">{t('mcp.pairs.hint')}</p>}
      <div>
        <Button look="quiet" onClick={() => setRows(rows + 1)}>
          {t(`mcp.pairs.${kind}.add`)}
        </Button>
      </div>
    </fieldset>
  );
}

export type PairsRead =
  | { readonly ok: true; readonly pairs: Readonly<Record<string, string>> | undefined }
  | { readonly ok: false; readonly problem: string };

const NAMES: Readonly<Record<PairsKind, RegExp>> = { env: /^[A-Za-z_][A-Za-z0-9_]*$/, headers: /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/ };

/** Rows without a name and a value are ignored. */
export function readPairs(form: HTMLFormElement, kind: PairsKind): PairsRead {
  const entries = new FormData(form);
  const read = (name: string) => entries.getAll(name).map((value) => (typeof value === 'string' ? value : ''));
  const values = read('pair-value');
  const rows = read('pair-name')
    .map((name, at) => [name.trim(), values[at] ?? ''] as const)
    .filter(([name, value]) => name !== '' || value !== '');
  const odd = rows.find(([name, value]) => !NAMES[kind].test(name) || /[\r\n\0]/.test(value));
  if (odd !== undefined)
    return { ok: false, problem: odd[0] === '' ? t(`mcp.pairs.${kind}.noName`) : t(`mcp.pairs.${kind}.wrong`, { name: odd[0] }) };
  return { ok: true, pairs: rows.length === 0 ? undefined : Object.fromEntries(rows) };
}
