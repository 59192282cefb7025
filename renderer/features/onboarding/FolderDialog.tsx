import { Folder } from 'lucide-react';
import { type KeyboardEvent, useId, useState } from 'react';
import { useActions, useHost, useUi } from '../../stores/index.ts';
import { Button, Dialog, Field } from '../../ui/index.ts';
import { usePathSuggestions } from './use-path-suggestions.ts';
import { t } from '../../i18n.ts';

const ABSOLUTE_PATH = /^(\/|~|[A-Za-z]:[\\/])/;

/** Asks for the path of a folder if the host has no dialog of its own. */
export function FolderDialog() {
  const open = useUi((ui) => ui.folderDialogOpen);
  return open ? <OpenFolderDialog /> : null;
}

function OpenFolderDialog() {
  const setOpen = useUi((ui) => ui.setFolderDialogOpen);
  const home = useHost((host) => host.app?.homePath ?? '');
  const { openProject } = useActions();
  const [path, setPath] = useState(home === '' ? '' : `${home}/`);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    if (path.trim() === '' || busy) return;
    setBusy(true);
    const opened = await openProject(path.trim());
    setBusy(false);
    if (opened) setOpen(false);
  };
  return (
    <Dialog
      open
      onOpenChange={setOpen}
      title={t('onboarding.folder.title')}
      description={t('onboarding.folder.detail')}
      widthPx={560}
      footer={
        <>
          <Button look="quiet" onClick={() => setOpen(false)}>
            {t('common.cancel')}
          </Button>
          <Button look="primary" disabled={path.trim() === '' || busy} onClick={submit}>
            {t('common.open')}
          </Button>
        </>
      }
    >
      <PathField path={path} onPath={setPath} onSubmit={submit} />
    </Dialog>
  );
}

interface PathFieldProps {
  readonly path: string;
  readonly onPath: (path: string) => void;
  readonly onSubmit: () => void;
}

/**
 * A path field that completes folders: the arrow keys select, Tab or a click accepts, Enter opens. Tab completes a partial
 * name; after a complete folder with nothing selected it leaves the field as usual.
 */
function PathField({ path, onPath, onSubmit }: PathFieldProps) {
  const suggestions = usePathSuggestions(path);
  const [chosen, setChosen] = useState(-1);
  const listId = useId();
  const take = (suggestion: string | undefined) => {
    if (suggestion === undefined) return;
    onPath(`${suggestion.replace(/\/$/, '')}/`);
    setChosen(-1);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      const next = Math.max(-1, Math.min(suggestions.length - 1, chosen + step));
      setChosen(next);
      document.getElementById(`${listId}-${next}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Tab' && !event.shiftKey && suggestions.length > 0 && (chosen >= 0 || /[^\\/]$/.test(path))) {
      event.preventDefault();
      take(suggestions[Math.max(0, chosen)]);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (chosen >= 0) take(suggestions[chosen]);
      else onSubmit();
    }
  };
  return (
    <div>
      <Field
        label={t('onboarding.folder.path')}
        mono
        value={path}
        role="combobox"
        aria-expanded={suggestions.length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        {...(chosen >= 0 ? { 'aria-activedescendant': `${listId}-${chosen}` } : {})}
        onChange={(event) => {
          setChosen(-1);
          onPath(event.target.value);
        }}
        onKeyDown={onKeyDown}
        onPaste={(event) => {
          const pasted = event.clipboardData.getData('text').trim();
          if (!ABSOLUTE_PATH.test(pasted)) return;
          event.preventDefault(); // an absolute path is complete, wherever the cursor is
          setChosen(-1);
          onPath(pasted);
        }}
      />
      <ul id={listId} role="listbox" aria-label={t('onboarding.folder.suggestions')} className="mt-2 h-[210px] overflow-y-auto">
        {suggestions.map((suggestion, index) => (
          // The arrow keys of the field select among these, so they need no focus.
          <li
            key={suggestion}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === chosen}
            onClick={() => take(suggestion)}
            className={`flex h-7 items-center gap-2 rounded-md px-2 text-row ${index === chosen ? 'bg-wash-2 text-text-1' : 'text-text-2 hover:bg-wash'}`}
          >
            <Folder size={14} strokeWidth={1.6} aria-hidden className="shrink-0 text-text-3" />
            <span className="truncate font-mono text-code">{suggestion}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
