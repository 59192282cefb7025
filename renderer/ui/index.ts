/** The kit: appearance and behaviour of controls, without stores and requests. */
export { Button, type ButtonLook, type ButtonProps } from './Button.tsx';
export { Chip, type Tone } from './Chip.tsx';
export { Collapsible, type CollapsibleProps } from './Collapsible.tsx';
export { CopyButton } from './CopyButton.tsx';
export { type DeliverFile, deliverFile } from './deliver-file.ts';
export { Dialog, type DialogProps } from './Dialog.tsx';
export { EmptyState } from './EmptyState.tsx';
export { Field, type FieldProps } from './Field.tsx';
export { formatAge, formatBytes, formatDuration, formatTokens } from './format.ts';
export { IconButton, type IconButtonProps } from './IconButton.tsx';
export { Kbd } from './Kbd.tsx';
export { Menu, MenuChoice, MenuChoices, MenuItem, MenuLabel, MenuSeparator } from './Menu.tsx';
export { hasMod, keyLabel, MOD_NAME } from './platform.ts';
export { Spinner } from './Spinner.tsx';
export { Tooltip, TooltipProvider } from './Tooltip.tsx';
export { useCopy } from './use-copy.ts';
export { useNow } from './use-now.ts';
