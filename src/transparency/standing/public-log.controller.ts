import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminController } from '../../platform/admin/admin-controller.js';
import { NeedsScope } from '../../platform/identity/scopes.js';
import { ApiProblems } from '../../platform/problems/api-problems.js';
import { LogStandings } from './log-standing.js';
import { PublicLogView } from './public-log.dto.js';

@AdminController('v1/public-log')
export class PublicLogController {
  constructor(private readonly standings: LogStandings) {}

  @Get()
  @NeedsScope('grants:read')
  @ApiOperation({
    summary: 'How the public log is: its size, age, lag and witnesses, and campaigns that it stopped',
    description: 'Read once a second at most. Lag is what the process that writes the log told last.',
  })
  @ApiOkResponse({ type: PublicLogView, description: 'how the log is now' })
  @ApiProblems('invalid-token', 'forbidden')
  read(): Promise<PublicLogView> {
    return this.standings.read();
  }
}
