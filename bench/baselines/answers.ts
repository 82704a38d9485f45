// The answers of all baselines. They have the members of the service's answers, and so about the same size.

export interface GrantAnswer {
  readonly campaignId: string;
  readonly userId: string;
  readonly status: 'PENDING' | 'SUCCESS';
  readonly grantSeq: number;
  readonly arrivalNo: number;
  /** ISO 8601, as `updatedAt`. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

export const soldOut = {
  type: 'urn:seonchak:problem:sold-out',
  title: 'Sold out',
  status: 409,
  code: 'sold-out',
} as const;

export const noClaim = {
  type: 'urn:seonchak:problem:no-claim',
  title: 'No claim',
  status: 404,
  code: 'no-claim',
} as const;

export const problemType = 'application/problem+json';
