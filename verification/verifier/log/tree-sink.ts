/** Takes a tree from left to right, as a proof or a log hands it on. */
export interface TreeSink {
  /** A leaf, as its line without a newline. */
  leaf(text: string): void;
  /** A complete subtree of 2^level leaves that are not shown. */
  subtree(level: number, hash: Uint8Array): void;
}
