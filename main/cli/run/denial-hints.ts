import type { TurnResult } from '../../../preload/contract/index.ts';

type Denial = TurnResult['denied'][number];

const EDIT_TOOLS: readonly string[] = ['edit', 'write_file', 'notebook_edit'];

/** The refused calls, and the flags that would have allowed them; one line for each tool. Pure. */
export function describeDenials(denied: readonly Denial[]): readonly string[] {
  const names = [...new Set(denied.map((denial) => denial.toolName))];
  return names.map((name) => {
    const count = denied.filter((denial) => denial.toolName === name).length;
    const often = count === 1 ? '' : ` (${count} times)`;
    return `Refused${often}: ${name} needs an approval, and no user is present to give it. To allow it: ${flagsFor(name)}.`;
  });
}

function flagsFor(name: string): string {
  const flags = [`--allowed-tools ${name}`, ...(EDIT_TOOLS.includes(name) ? ['--approval-mode auto-edit'] : []), '--yolo'];
  return flags.join(' or ');
}
