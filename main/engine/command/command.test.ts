import { expect, test } from 'vitest';
import { nearNames, parseCommand } from './command-input.ts';
import { expandCommand, type ExpansionPorts } from './expand-command.ts';
import { parseLegacyCommand } from './legacy-toml.ts';
import { parseTemplate } from './template.ts';

test('a slash and a name are a command, a path or a comment is not', () => {
  expect(parseCommand('/git:commit  fix it\nnow ')).toEqual({ name: 'git:commit', args: 'fix it\nnow' });
  expect(parseCommand(' /help')).toEqual({ name: 'help', args: '' });
  for (const text of ['/usr/bin/env is missing', '// note', '/', 'see /help', '/ help', '/a/b', '/*glob'])
    expect(parseCommand(text)).toBeUndefined();
});

test('similar names differ by a few letters, or start with the typed text', () => {
  const names = ['compress', 'context', 'copy', 'clear', 'git:commit'];
  expect(nearNames('comprss', names)).toEqual(['compress']);
  expect(nearNames('con', names)[0]).toBe('context');
  expect(nearNames('zzzzzz', names)).toEqual([]);
});

test('braces inside a piece are part of it', () => {
  expect(parseTemplate('a !{echo ${HOME} {{args}}} b @{docs/x.md}{{args}}')).toEqual({
    ok: true,
    pieces: [
      { kind: 'text', text: 'a ' },
      { kind: 'shell', command: 'echo ${HOME} {{args}}' },
      { kind: 'text', text: ' b ' },
      { kind: 'file', path: 'docs/x.md' },
      { kind: 'args' },
    ],
  });
  expect(parseTemplate('!{echo')).toMatchObject({ ok: false });
  expect(parseTemplate('@{ }')).toMatchObject({ ok: false });
});

function ports(answers: Readonly<Record<string, string>> = {}) {
  const asked: string[] = [];
  const answer = (what: string) => {
    asked.push(what);
    return Promise.resolve(answers[what] ?? `<${what}>`);
  };
  const given: ExpansionPorts = { readFile: (path) => answer(`read ${path}`), runShell: (command) => answer(`run ${command}`) };
  return { asked, given };
}

const expand = (body: string, args: string, given: ExpansionPorts, signal = new AbortController().signal) =>
  expandCommand({ name: 'x', body }, args, given, signal);

test('files come before the shell, the shell before the arguments', async () => {
  const { asked, given } = ports();
  expect(await expand('{{args}}: !{git log} @{a.md}', 'why', given)).toBe('why: <run git log> <read a.md>');
  expect(asked).toEqual(['read a.md', 'run git log']);
});

test('arguments inside a command are one quoted word', async () => {
  const { asked, given } = ports();
  await expand('!{grep {{args}} .}', `it's; rm -rf $HOME \`id\``, given);
  expect(asked).toEqual([`run grep 'it'\\''s; rm -rf $HOME \`id\`' .`]);
});

test('text from a file, a command or the arguments is not expanded again', async () => {
  const { asked, given } = ports({ 'read a': '!{rm -rf /} {{args}}', 'run b': '@{/etc/passwd}' });
  expect(await expand('@{a} !{b} {{args}}', '!{id}', given)).toBe('!{rm -rf /} {{args}} @{/etc/passwd} !{id}');
  expect(asked).toEqual(['read a', 'run b']);
});

test('arguments without a placeholder follow after a blank line', async () => {
  const { given } = ports();
  expect(await expand('Do it.', 'now', given)).toBe('Do it.\n\nnow');
  expect(await expand('Do it.', '', given)).toBe('Do it.');
  expect(await expand('!{echo {{args}}}', 'now', given)).toBe("<run echo 'now'>");
});

test('a command that is broken, denied or stopped sends nothing', async () => {
  const { asked, given } = ports();
  await expect(expand('!{ls', '', given)).rejects.toMatchObject({ code: 'command_failed' });
  const stopped = AbortSignal.abort();
  await expect(expand('!{ls}', '', given, stopped)).rejects.toMatchObject({ code: 'cancelled' });
  expect(asked).toEqual([]);
});

test('the earlier format is read with its strings', () => {
  const text = '# a comment\ndescription = "Says \\"hi\\""\nother = 3\nprompt = """\nFirst\n  {{args}} \\u00e9\n"""\n';
  expect(parseLegacyCommand(text)).toEqual({ ok: true, fields: { description: 'Says "hi"', prompt: 'First\n  {{args}} é\n' } });
  expect(parseLegacyCommand("prompt = 'raw \\n'")).toEqual({ ok: true, fields: { prompt: 'raw \\n' } });
  expect(parseLegacyCommand('description = "x"\nprompt = """\nnever ends')).toMatchObject({ ok: false, line: 2 });
  expect(parseLegacyCommand('description = "x"')).toMatchObject({ ok: false });
});
