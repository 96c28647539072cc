//! What changed in a clause since last time, word by word, for marking: the longest common subsequence of its pieces.
//! Chinese is compared character by character, numbers and Latin words as wholes, so that 1800 → 2000 is one change.

export interface Piece { text: string; kind: 'same' | 'added' | 'removed' }

const pieces = (text: string) => text.match(/[\d.,]+|[A-Za-z]+|\s+|[^]/gu) ?? [];

export function changes(before: string, now: string): Piece[] {
  const [a, b] = [pieces(before), pieces(now)];
  const width = b.length + 1;
  const length = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number) => length[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) length[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const found: Piece[] = [];
  const put = (kind: Piece['kind'], text: string) => {
    const last = found.at(-1);
    if (last?.kind === kind) last.text += text;
    else found.push({ kind, text });
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      put('same', a[i] ?? '');
      i++;
      j++;
    } else if (i < a.length && (j >= b.length || at(i + 1, j) >= at(i, j + 1))) put('removed', a[i++] ?? '');
    else put('added', b[j++] ?? '');
  }
  return found;
}
