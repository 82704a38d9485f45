import { ApiProperty } from '@nestjs/swagger';
import { LOG_STATES, type LogStateName } from './log-standing.js';

const TIME = { type: String, format: 'date-time', nullable: true } as const;

/** A witness of the log. */
export class WitnessView {
  @ApiProperty({ example: 'witness.example.org', description: 'the name of its key' })
  readonly name: string;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'leaves of the last checkpoint that it cosigned; null if it has cosigned none of the newest',
  })
  readonly size: number | null;

  @ApiProperty({ ...TIME, description: 'when it cosigned that, by its own clock' })
  readonly cosignedAt: Date | null;
}

/** A campaign whose log was stopped. */
export class StoppedCampaignView {
  @ApiProperty({ example: 'spring-drop', description: 'the id of the campaign' })
  readonly campaignId: string;

  @ApiProperty({ description: 'when its log was stopped: what the database holds could not be justified' })
  readonly stoppedAt: Date;

  @ApiProperty({ description: 'whether nothing more comes of the campaign' })
  readonly isFinished: boolean;
}

/** How the public log of a fair order is. */
export class PublicLogView {
  @ApiProperty({
    enum: LOG_STATES,
    description:
      'off: this deployment publishes no log. written: it has everything, or soon will. late: later than promised. ' +
      'not-written: no process writes it. set-back: the database does not continue what was signed, so nothing is signed',
  })
  readonly state: LogStateName;

  @ApiProperty({ description: 'when these figures were read' })
  readonly asOf: Date;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'give.example.com/seonchak',
    description: 'the name of the log; null without one',
  })
  readonly origin: string | null;

  @ApiProperty({ type: 'integer', description: 'leaves that are written' })
  readonly size: number;

  @ApiProperty({ type: 'integer', description: 'leaves under the newest checkpoint: what everybody can see' })
  readonly publishedSize: number;

  @ApiProperty({
    ...TIME,
    description:
      'when the newest checkpoint was published; null before the first. One comes only with new leaves',
  })
  readonly publishedAt: Date | null;

  @ApiProperty({
    ...TIME,
    description:
      'when the process that writes the log last told how it is: the figures that it tells are of then',
  })
  readonly toldAt: Date | null;

  @ApiProperty({
    ...TIME,
    description:
      'told by the writer: when what is published last had everything. The lag is `toldAt` less this',
  })
  readonly wholeAt: Date | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'the longest lag that the log promises, in ms; null before the log says so',
  })
  readonly promiseDelayMs: number | null;

  @ApiProperty({
    ...TIME,
    description: 'since when nothing is signed, in the state set-back; otherwise null',
  })
  readonly setBackAt: Date | null;

  @ApiProperty({ type: [WitnessView], description: 'all witnesses that this instance is configured with' })
  readonly witnesses: readonly WitnessView[];

  @ApiProperty({
    type: [StoppedCampaignView],
    description: 'campaigns whose log was stopped, the latest first, at most 100',
  })
  readonly stopped: readonly StoppedCampaignView[];
}
