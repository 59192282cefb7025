/** Hands a file to the user: a browser saves it among its downloads, the desktop asks where with the system's dialog. */
export type DeliverFile = (file: Blob, name: string) => void;

/** The browser reads the file after the click, so its address lives on for this long. Unit: ms. */
const KEEP_ADDRESS_MS = 60_000;

export const deliverFile: DeliverFile = (file, name) => {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEEP_ADDRESS_MS);
};
