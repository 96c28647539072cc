/** How long a caption stays, in milliseconds: slow readers manage about five Chinese characters a second. */
export function readingTime(text: string): number {
  return Math.min(15_000, 4_000 + [...text].length * 200);
}
