import { Injectable } from '@nestjs/common';

/** Whether this process is on its way out: it finishes what it has, and asks to be sent nothing more. */
@Injectable()
export class Draining {
  private begun = false;

  get active(): boolean {
    return this.begun;
  }

  begin(): void {
    this.begun = true;
  }
}
