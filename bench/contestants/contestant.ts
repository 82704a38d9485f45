export const contestantNames = ['ours', 'framework', 'floor', 'seed', 'row-lock'] as const;
export type ContestantName = (typeof contestantNames)[number];

/** One of those who do the same HTTP job, as the bench handles it. */
export interface Contestant {
  readonly name: ContestantName;
  /** Scheme, host and port. */
  readonly origin: string;
  /** Of the service; its children count as well. */
  readonly pid: number;
  /** Whether accepted users are paid afterwards. */
  readonly pays: boolean;
  /** Begins a campaign of `capacity` free slots and no waiting line. @returns the path of its claims */
  freshCampaign(capacity: number): Promise<string>;
  /** How many of the `accepted` users of the newest campaign are not paid yet. Cheap: it is asked every few ms. */
  unpaid(accepted: number): Promise<number>;
  /** How many users of it have been paid by the books, counted row by row; 0 where nobody is paid. */
  paid(): Promise<number>;
  /** The campaign is over: it may be put aside. */
  endCampaign(): Promise<void>;
  /** Fulfilled when the process has ended, with the words for how. */
  ended(): Promise<string>;
  /** Ends it; at once when `hastened` is fulfilled. */
  stop(hastened: Promise<void>): Promise<void>;
}

/** What a contestant is started with. */
export interface ContestantSurroundings {
  readonly jwtSecret: string;
  /** A database of its own. */
  readonly databaseUrl: string;
  /** A Redis database of its own. */
  readonly redisUrl: string;
  /** Where its log goes. */
  readonly logFile: string;
}
