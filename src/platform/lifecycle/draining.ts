import { Injectable } from '@nestjs/common';

/** Whether this process is shutting down: it finishes its work and asks for no more requests. */
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
