import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminController } from '../../platform/admin/admin-controller.js';
import { NeedsScope } from '../../platform/identity/scopes.js';
import { ApiProblems } from '../../platform/problems/api-problems.js';
import { AttentionView } from './attention.dto.js';
import { Attention } from './attention.js';

@AdminController('v1/attention')
export class AttentionController {
  constructor(private readonly attention: Attention) {}

  @Get()
  @NeedsScope('grants:read')
  @ApiOperation({
    summary: 'Whatever waits for a human, in all campaigns, each with its next step',
    description:
      'Looks at the 1,000 campaigns that are not finished and were changed last, once a second at most; of ' +
      'differences from the provider’s books, at the 1,000 campaigns that were compared longest ago.',
  })
  @ApiOkResponse({ type: AttentionView, description: 'everything that waits for a human' })
  @ApiProblems('invalid-token', 'forbidden')
  async list(): Promise<AttentionView> {
    return { items: await this.attention.items() };
  }
}
