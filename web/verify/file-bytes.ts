/** As much as is checked before the page may react again: some hundredths of a second. */
const PIECE_BYTES = 256 * 1024;

/**
 * A file, piece by piece. Between two pieces the page paints and hears its reader.
 * @param told gets the share that was read, 0 to 1
 */
export async function* bytesOf(
  file: Blob,
  told: (share: number) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < file.size; from += PIECE_BYTES) {
    yield new Uint8Array(await file.slice(from, from + PIECE_BYTES).arrayBuffer());
    told(Math.min(1, (from + PIECE_BYTES) / file.size));
    await new Promise((resolve) => setTimeout(resolve));
  }
}
