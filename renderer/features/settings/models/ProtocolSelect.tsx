import { useId } from 'react';
import { WireProtocol } from '../../../../preload/contract/index.ts';
import { t } from '../text.ts';

export interface ProtocolSelectProps {
  readonly value: WireProtocol;
  readonly readOnly: boolean;
  readonly onChange: (protocol: WireProtocol) => void;
}

/** The protocol of the endpoint; its documentation says which one it supports. */
export function ProtocolSelect({ value, readOnly, onChange }: ProtocolSelectProps) {
  const id = useId();
  return (
    <>
      <label htmlFor={id} className="sr-only">
        {t('settings.provider.protocol')}
      </label>
      <select
        id={id}
        value={value}
        disabled={readOnly}
        onChange={(event) => onChange(WireProtocol.parse(event.target.value))}
        className="h-[30px] w-full rounded-md border border-border-strong bg-canvas px-2 text-row"
      >
        {WireProtocol.options.map((protocol) => (
          <option key={protocol} value={protocol}>
            {t(`settings.provider.protocols.${protocol}`)}
          </option>
        ))}
      </select>
    </>
  );
}
