import { useEffect, useEffectEvent } from 'react';
import type {} from '../../../rpc/index.ts'; // declares window.host
import { useActions, useUi } from '../../../stores/index.ts';
import { t } from '../text.ts';

/** Files that are dropped anywhere on the window go to `onFiles`; a folder is opened, where the host knows its path. */
export function useFileDrop(onFiles: (files: readonly File[]) => void): void {
  const { openProject } = useActions();
  const raiseToast = useUi((ui) => ui.raiseToast);

  const take = useEffectEvent((event: DragEvent) => {
    const dropped = filesOf(event.dataTransfer);
    if (event.defaultPrevented || dropped.length === 0) return;
    event.preventDefault();
    const files = dropped.flatMap(({ file, isFolder }) => (isFolder ? [] : [file]));
    if (files.length > 0) onFiles(files);
    const folder = dropped.find(({ isFolder }) => isFolder)?.file;
    if (folder === undefined) return;
    const path = window.host?.pathOf(folder) ?? '';
    if (path === '') raiseToast('warning', t('attachment.folder', { name: folder.name }));
    else void openProject(path);
  });

  useEffect(() => {
    const drop = (event: DragEvent) => take(event);
    window.addEventListener('dragover', accept);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', accept);
      window.removeEventListener('drop', drop);
    };
  }, []);
}

/** Without this, a browser opens what is dropped. */
function accept(event: DragEvent): void {
  if (event.dataTransfer?.types.includes('Files') === true) event.preventDefault();
}

/** A browser lists a folder like a file without a type; only its entry says what it is. */
function filesOf(data: DataTransfer | null): readonly { readonly file: File; readonly isFolder: boolean }[] {
  return [...(data?.items ?? [])].flatMap((item) => {
    const file = item.kind === 'file' ? item.getAsFile() : null;
    return file === null ? [] : [{ file, isFolder: item.webkitGetAsEntry()?.isDirectory === true }];
  });
}
