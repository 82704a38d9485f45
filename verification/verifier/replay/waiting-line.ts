const FEW = 1024;

/** Who waits, in order. Who leaves is found out when the head is looked for: every step costs O(1), spread out. */
export class WaitingLine {
  length = 0;
  private people: number[] = [];
  private head = 0;

  /** @param waits whether somebody who joined is still in the line */
  constructor(private readonly waits: (person: number) => boolean) {}

  join(person: number): void {
    this.people.push(person);
    this.length += 1;
  }

  /** Of somebody who waits, once. */
  leave(): void {
    this.length -= 1;
  }

  /** The first who waits, or null. */
  first(): number | null {
    for (; this.head < this.people.length; this.head++) {
      const person = this.people[this.head];
      if (person !== undefined && this.waits(person)) break;
    }
    this.letGo();
    return this.people[this.head] ?? null;
  }

  /** Of those at the front who are gone. */
  private letGo(): void {
    if (this.head < FEW || this.head * 2 < this.people.length) return;
    this.people = this.people.slice(this.head);
    this.head = 0;
  }
}
