/** Which person of which campaign. */
export interface Person {
  readonly campaignId: string;
  readonly arrivalNo: number;
}
