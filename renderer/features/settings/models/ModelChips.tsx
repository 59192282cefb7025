import { X } from 'lucide-react';
import { useId, useState } from 'react';
import type { ModelSummary } from '../../../../preload/contract/index.ts';
import { modelLabel } from '../provider-format.ts';
import { t } from '../text.ts';

export interface ModelChipsProps {
  readonly models: readonly ModelSummary[];
  /** Ids that the endpoint listed in the last test, suggested while typing. */
  readonly listed: readonly string[];
  readonly readOnly: boolean;
  readonly onChange: (models: readonly ModelSummary[]) => void;
}

const CHIP = 'flex h-6 items-center gap-1 rounded-[5px] bg-wash pl-[7px] text-meta text-text-2';

/** Enough for an overview; the others are suggested while typing. */
const MAX_OFFERED = 12;

export function ModelChips({ models, listed, readOnly, onChange }: ModelChipsProps) {
  const [adding, setAdding] = useState(false);
  const isFirst = models.length === 0 && !readOnly && listed.length > 0;
  return (
    <>
      <Chosen models={models} listed={listed} readOnly={readOnly} onChange={onChange} adding={adding} setAdding={setAdding} />
      {isFirst && (
        <div className="pt-1.5">
          <p className="pb-1 text-meta text-text-3">{t('settings.provider.chooseListed')}</p>
          <div className="flex flex-wrap gap-1.5">
            {listed.slice(0, MAX_OFFERED).map((id) => (
              <button key={id} type="button" className={`${CHIP} max-w-full pr-[7px] hover:bg-wash-2`} onClick={() => onChange([{ id }])}>
                <span className="truncate">{id}</span>
              </button>
            ))}
          </div>
        </div>
      )}
    </>
  );
}

interface ChosenProps extends ModelChipsProps {
  readonly adding: boolean;
  readonly setAdding: (adding: boolean) => void;
}

function Chosen({ models, listed, readOnly, onChange, adding, setAdding }: ChosenProps) {
  return (
    <ul aria-label={t('settings.provider.models')} className="flex flex-wrap gap-1.5 pt-[3px]">
      {models.map((model) => (
        <li key={model.id} className={`${CHIP} ${readOnly ? 'pr-[7px]' : ''}`}>
          <span className="break-all" title={model.id}>
            {modelLabel(model)}
          </span>
          {!readOnly && (
            <button
              type="button"
              aria-label={t('settings.provider.removeModel', { id: model.id })}
              className="grid size-6 place-items-center rounded-[5px] text-text-3 hover:bg-wash-2 hover:text-text-1"
              onClick={() => onChange(models.filter(({ id }) => id !== model.id))}
            >
              <X size={12} aria-hidden />
            </button>
          )}
        </li>
      ))}
      {!readOnly && (
        <li>
          {adding ? (
            <AddModel
              listed={listed.filter((id) => !models.some((model) => model.id === id))}
              onAdd={(id) => {
                if (!models.some((model) => model.id === id)) onChange([...models, { id }]);
              }}
              onDone={() => setAdding(false)}
            />
          ) : (
            <button type="button" className={`${CHIP} pr-[7px] hover:bg-wash-2`} onClick={() => setAdding(true)}>
              {t('settings.provider.addModel')}
            </button>
          )}
        </li>
      )}
    </ul>
  );
}

interface AddModelProps {
  readonly listed: readonly string[];
  readonly onAdd: (id: string) => void;
  readonly onDone: () => void;
}

/** Enter adds the id and stays for the next one; Escape or leaving the field ends it, and the typed id is added too. */
function AddModel({ listed, onAdd, onDone }: AddModelProps) {
  const listId = useId();
  const [id, setId] = useState('');
  const add = () => {
    if (id.trim() !== '') onAdd(id.trim());
    setId('');
  };
  return (
    <>
      <input
        aria-label={t('settings.provider.addModelLabel')}
        list={listId}
        // The user has just opened this field.
        autoFocus
        value={id}
        maxLength={300}
        spellCheck={false}
        autoComplete="off"
        className="h-6 w-56 rounded-[5px] border border-border-strong bg-canvas px-1.5 font-mono text-meta"
        onChange={(event) => setId(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') add();
          if (event.key === 'Escape') {
            event.stopPropagation();
            onDone();
          }
        }}
        onBlur={() => {
          add();
          onDone();
        }}
      />
      <datalist id={listId}>
        {listed.map((known) => (
          <option key={known} value={known} />
        ))}
      </datalist>
    </>
  );
}
