import { useState } from 'react';
import type { McpServerDraft } from '../../../../preload/contract/index.ts';
import { Button, Field } from '../../../ui/index.ts';
import { ChoiceList } from '../ChoiceList.tsx';
import { t } from '../text.ts';
import { McpPairs, readPairs } from './McpPairs.tsx';
import { splitWords } from './mcp-words.ts';
import type { McpServers } from './use-mcp-servers.ts';

type Kind = McpServerDraft['transport'];
const KINDS: readonly Kind[] = ['stdio', 'http', 'sse'];
const SCOPES = ['user', 'project'] as const;

/** Name, transport, command or address, and variables or headers of a new server. Other fields are edited in the file. */
export function McpAddServer({ onAdd }: { readonly onAdd: McpServers['add'] }) {
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState('');
  const [kind, setKind] = useState<Kind>('stdio');
  const [target, setTarget] = useState('');
  const [scope, setScope] = useState<(typeof SCOPES)[number]>('user');
  const [pairsWrong, setPairsWrong] = useState<string>();
  if (!isOpen)
    return (
      <Button look="primary" onClick={() => setOpen(true)}>
        {t('mcp.add')}
      </Button>
    );
  const isNamed = /^[A-Za-z0-9_.-]{1,64}$/.test(name);
  const draft = draftOf(kind, target);
  const pairsKind = kind === 'stdio' ? 'env' : 'headers';
  const save = async (form: HTMLFormElement) => {
    if (!isNamed || draft === undefined) return;
    const read = readPairs(form, pairsKind);
    setPairsWrong(read.ok ? undefined : read.problem);
    if (!read.ok || !(await onAdd(scope, name, withPairs(draft, read.pairs)))) return;
    setOpen(false);
    setName('');
    setTarget('');
  };
  return (
    <form
      aria-label={t('mcp.addTitle')}
      className="flex flex-col gap-3 rounded-lg border border-border p-3.5"
      onSubmit={(event) => {
        event.preventDefault();
        void save(event.currentTarget);
      }}
    >
      <Field
        label={t('mcp.name')}
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={name !== '' && !isNamed ? t('mcp.nameWrong') : undefined}
      />
      <ChoiceList
        legend={t('mcp.kind')}
        value={kind}
        choices={KINDS.map((value) => ({ value, name: t(`mcp.kinds.${value}`) }))}
        onChange={setKind}
      />
      {kind === 'stdio' ? (
        <Field
          label={t('mcp.command')}
          hint={t('mcp.commandHint')}
          mono
          value={target}
          onChange={(event) => setTarget(event.target.value)}
        />
      ) : (
        <Field
          label={t('mcp.url')}
          mono
          value={target}
          onChange={(event) => setTarget(event.target.value)}
          error={target !== '' && draft === undefined ? t('mcp.urlWrong') : undefined}
        />
      )}
      <McpPairs key={pairsKind} kind={pairsKind} error={pairsWrong} />
      <ChoiceList
        legend={t('mcp.scope')}
        value={scope}
        choices={SCOPES.map((value) => ({ value, name: t(`mcp.scopeChoices.${value}`) }))}
        onChange={setScope}
      />
      <div className="flex gap-2">
        <Button type="submit" look="primary" disabled={!isNamed || draft === undefined}>
          {t('mcp.save')}
        </Button>
        <Button onClick={() => setOpen(false)}>{t('common.cancel')}</Button>
      </div>
    </form>
  );
}

function withPairs(draft: McpServerDraft, pairs: Readonly<Record<string, string>> | undefined): McpServerDraft {
  if (pairs === undefined) return draft;
  return draft.transport === 'stdio' ? { ...draft, env: { ...pairs } } : { ...draft, headers: { ...pairs } };
}

function draftOf(kind: Kind, target: string): McpServerDraft | undefined {
  if (kind === 'stdio') {
    const [command, ...args] = splitWords(target);
    return command === undefined ? undefined : { transport: 'stdio', command, args };
  }
  const url = target.trim();
  return /^https?:\/\/\S+$/.test(url) && URL.canParse(url) ? { transport: kind, url } : undefined;
}
