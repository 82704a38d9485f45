import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

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

  @ApiPropertyOptional({
    type: 'integer',
    description: 'how many lines of the list stand before mine; absent for lists of releases without paths',
  })
  readonly index?: number;

  @ApiPropertyOptional({ type: 'integer', description: 'how many lines the list has; comes with `index`' })
  readonly size?: number;

  @ApiPropertyOptional({
    type: [String],
    example: ['y+YCUuORQyLsk5e+gry35U7bjfoJcy5xqzvwZeyAFXg='],
    description:
      'hashes in base64 that lead from my line to `eligibleRoot` of the terms (RFC 6962, 2.1.1); comes with `index`',
  })
  readonly path?: string[];
}
