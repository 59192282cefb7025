import { FileText, ListTodo, type LucideIcon, Pencil, Search, SquareTerminal, Terminal, Wrench } from 'lucide-react';
import type { ToolKind } from '../../../../preload/contract/index.ts';

const ICONS: Record<ToolKind, LucideIcon> = {
  read: FileText,
  search: Search,
  edit: Pencil,
  shell: Terminal,
  task: SquareTerminal,
  plan: ListTodo,
  other: Wrench,
};

export function ToolIcon({ kind, className = '' }: { readonly kind: ToolKind; readonly className?: string }) {
  const Icon = ICONS[kind];
  return <Icon size={15} strokeWidth={1.6} aria-hidden className={`shrink-0 ${className}`} />;
}
