import type { ContestantName } from '../contestants/contestant.js';

/** All measurements: by figure and contestant, one value per round. */
export class FigureBook {
  private readonly pages = new Map<string, Map<ContestantName, Map<number, number>>>();

  write(figure: string, contestant: ContestantName, round: number, value: number): void {
    const page = this.pages.get(figure) ?? new Map<ContestantName, Map<number, number>>();
    const line = page.get(contestant) ?? new Map<number, number>();
    this.pages.set(figure, page.set(contestant, line.set(round, value)));
  }

  get figures(): string[] {
    return [...this.pages.keys()];
  }

  contestantsOf(figure: string): ContestantName[] {
    return [...(this.pages.get(figure)?.keys() ?? [])];
  }

  /** By round. */
  valuesOf(figure: string, contestant: ContestantName): ReadonlyMap<number, number> {
    return this.pages.get(figure)?.get(contestant) ?? new Map<number, number>();
  }
}
