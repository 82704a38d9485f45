import { ApiProperty } from '@nestjs/swagger';
import { PersonView } from '../../campaigns/reports/people.dto.js';
import { STORY_KINDS, type StoryEvent, type StoryKind } from './story-event.js';

export class StoryEventView implements StoryEvent {
  @ApiProperty({ format: 'date-time', description: 'when it happened' })
  readonly at: Date;

  @ApiProperty({
    enum: STORY_KINDS,
    description:
      'claimed: asked, and got a slot or a place in the line. waiting: is in the line. promoted: got a slot that ' +
      'somebody else had lost. left: left the line. ended: the campaign ended while waiting. sending: the payout is ' +
      'requested from the provider. put-back: it was not sent, or could not be made, and is tried again. in-doubt: ' +
      'nobody knows yet whether it was made. held: operators have to decide. resend: an operator has it sent again. ' +
      'contradicted: the provider reported another outcome than the one on record, which stands. paid, rejected, ' +
      'revoked, reversed: see the states of a person. passed-on: the slot went to somebody else',
  })
  readonly kind: StoryKind;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'more about it, for people: numbers, the provider’s own word, or an operator’s reason',
  })
  readonly detail: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'the operator, or the command, who did it; null for the service, the user or the provider',
  })
  readonly actor: string | null;
}

export class StoryView {
  @ApiProperty({ description: 'the person as GET …/grants has it' })
  readonly person: PersonView;

  @ApiProperty({ type: [StoryEventView], description: 'what happened, the oldest first' })
  readonly events: StoryEventView[];
}
