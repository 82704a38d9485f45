import { ApiProperty } from '@nestjs/swagger';

/** What finds a person in the list that the log commits to (docs/transparency.md, "The list of who may claim"). */
export class ListOpeningView {
  @ApiProperty({ enum: ['seonchak-listed/v1'], description: 'the name of this format' })
  readonly format: 'seonchak-listed/v1';

  @ApiProperty({ example: 'spring-drop', description: 'the id of the campaign' })
  readonly campaignId: string;

  @ApiProperty({ example: '42', description: 'decimal, 1..2^63-1' })
  readonly userId: string;

  @ApiProperty({
    example: 'PD2uKv3WWM1d1bZ8NZYj7A==',
    description:
      'opens the commitment: 16 bytes in base64. Whoever has it can link the commitment to the user',
  })
  readonly nonce: string;
}
