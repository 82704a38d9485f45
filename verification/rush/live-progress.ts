const ttyIntervalMs = 100;
const lineIntervalMs = 1_000;

/** Prints progress to stderr: on a terminal as one changing line, else one line per second. */
export class LiveProgress {
  private readonly isTerminal = process.stderr.isTTY;
  private lastAt = -Infinity;
  private isOpen = false;

  /** @param toLine called only if the next line is due */
  show(toLine: () => string): void {
    const now = performance.now();
    if (now - this.lastAt < (this.isTerminal ? ttyIntervalMs : lineIntervalMs)) return;
    this.lastAt = now;
    if (this.isTerminal) process.stderr.write(`\r\u001b[K${toLine()}`);
    else process.stderr.write(`${toLine()}\n`);
    this.isOpen = this.isTerminal;
  }

  /** Prints a permanent line. */
  say(line: string): void {
    this.endLine();
    process.stderr.write(`${line}\n`);
    this.lastAt = -Infinity;
  }

  /** Leaves the cursor at the start of an empty line. */
  endLine(): void {
    if (this.isOpen) process.stderr.write('\n');
    this.isOpen = false;
  }
}
