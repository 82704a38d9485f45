export const contestantNames = ['ours', 'framework', 'floor', 'seed', 'row-lock'] as const;
export type ContestantName = (typeof contestantNames)[number];

/** An implementation of the same HTTP job, as the bench drives it. */
export interface Contestant {
  readonly name: ContestantName;
  /** Scheme, host and port. */
  readonly origin: string;
  /** The pid of the service. Its children count as well. */
  readonly pid: number;
  /** Whether accepted users are paid afterwards. */
  readonly pays: boolean;
  /**
   * Begins a campaign of `capacity` free slots without a waiting line.
   * @returns the path of its claims
   */
  freshCampaign(capacity: number): Promise<string>;
  /**
   * How many of the `accepted` users of the newest campaign are not paid yet. Cheap, because it is called every few ms.
   */
  unpaid(accepted: number): Promise<number>;
  /** How many of its users are paid according to the books, counted row by row; 0 if nobody is paid. */
  paid(): Promise<number>;
  /** Ends the campaign, which is not used any more. */
  endCampaign(): Promise<void>;
  /** Resolves when the process has ended, with a phrase that says how. */
  ended(): Promise<string>;
  /** Stops it; at once when `hastened` resolves. */
  stop(hastened: Promise<void>): Promise<void>;
}

/** The environment of a contestant. */
export interface ContestantSurroundings {
  readonly jwtSecret: string;
  /** Its own PostgreSQL database. */
  readonly databaseUrl: string;
  /** Its own Redis database. */
  readonly redisUrl: string;
  /** Its log file. */
  readonly logFile: string;
}
