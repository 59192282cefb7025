/** Delivers a file to the user: a browser saves it as a download, the desktop asks for the location with the system's dialog. */
export type DeliverFile = (file: Blob, name: string) => void;

/** The browser reads the file after the click, so its URL is revoked only after this time. Unit: ms. */
const KEEP_ADDRESS_MS = 60_000;

export const deliverFile: DeliverFile = (file, name) => {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEEP_ADDRESS_MS);
};
