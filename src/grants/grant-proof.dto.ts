import { ApiProperty } from '@nestjs/swagger';

/** That one leaf of the log is about a claim, and stands in the log. */
export class LeafProofView {
  @ApiProperty({
    description: 'the line of the log',
    example: 'v1 claim spring-drop 1 17 1764100000119 17 0zCFvZ1iEYpjBq3Ne3pOpbUNYkdGjw0sVPP0MAPEHoY=',
  })
  readonly leaf: string;

  @ApiProperty({
    description:
      'that it stands in the log, in the form of c2sp.org/tlog-proof@v1, against its newest checkpoint',
  })
  readonly proof: string;
}

/** A claim in the public log, provable without asking anybody (docs/transparency.md, "Inclusion, later"). */
export class GrantProofView {
  @ApiProperty({ enum: ['seonchak-receipt/v1'], description: 'the name of this format' })
  readonly format: 'seonchak-receipt/v1';

  @ApiProperty({ example: 'spring-drop', description: 'the id of the campaign' })
  readonly campaignId: string;

  @ApiProperty({ example: '42', description: 'decimal, 1..2^63-1' })
  readonly userId: string;

  @ApiProperty({
    example: 'PD2uKv3WWM1d1bZ8NZYj7A==',
    description:
      'opens the commitment in the claim’s leaf: 16 bytes in base64. Whoever has it can link the leaf to the user',
  })
  readonly nonce: string;

  @ApiProperty({ type: 'integer', example: 17, description: 'the place in the order of arrival' })
  readonly arrivalNo: number;

  @ApiProperty({
    example: 'give.example.com/seonchak+1f2e3d4c+AQ…',
    description: 'the verifier key of the log, in the text form of C2SP signed-note',
  })
  readonly logKey: string;

  @ApiProperty({
    type: [LeafProofView],
    description: 'each leaf that is about this claim, in order of the log; the first is the claim itself',
  })
  readonly proofs: readonly LeafProofView[];
}
