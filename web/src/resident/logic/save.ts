//! Giving the phone a file: a link with `download` on the blob, which every current browser takes.

export function saveFile(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // iOS reads the blob after the click has returned.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
