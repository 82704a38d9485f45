import { Body, Delete, Get, HttpCode, Param, Patch, Post, Req } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
} from '@nestjs/swagger';
import { AdminController } from '../../platform/admin/admin-controller.js';
import { Environment } from '../../platform/config/environment.js';
import { isPlainOverNetwork } from '../../platform/config/is-http-url.js';
import type { IdentifiedRequest } from '../../platform/identity/identity.js';
import { NeedsScope } from '../../platform/identity/scopes.js';
import { ApiProblems } from '../../platform/problems/api-problems.js';
import { invalidRequest } from '../../platform/problems/problem.js';
import {
  ChangeEndpointDto,
  CreateEndpointDto,
  DAY_SECONDS,
  EndpointList,
  EndpointView,
  EndpointWithSecret,
  ReplayDto,
  RotateSecretDto,
} from './endpoint.dto.js';
import { Endpoints } from './endpoints.js';

const ID = {
  name: 'id',
  type: String,
  description: 'the id of the endpoint',
  example: '6f1c2a0e-8a2b-4c1d-9e3f-0a1b2c3d4e5f',
} as const;

@AdminController('v1/webhook-endpoints')
export class EndpointsController {
  constructor(
    private readonly endpoints: Endpoints,
    private readonly environment: Environment,
  ) {}

  @Get()
  @NeedsScope('grants:read')
  @ApiOperation({ summary: 'List who is told by webhooks, and how that goes' })
  @ApiOkResponse({ type: EndpointList, description: 'all endpoints' })
  @ApiProblems('invalid-token', 'forbidden')
  async list(): Promise<EndpointList> {
    return { items: await this.endpoints.list() };
  }

  @Get(':id')
  @NeedsScope('grants:read')
  @ApiParam(ID)
  @ApiOperation({ summary: 'An endpoint, and how sending to it goes' })
  @ApiOkResponse({ type: EndpointView, description: 'the endpoint as it is now' })
  @ApiProblems('invalid-token', 'forbidden', 'unknown-endpoint')
  read(@Param('id') id: string): Promise<EndpointView> {
    return this.endpoints.get(id);
  }

  @Post()
  @NeedsScope('grants:campaigns')
  @ApiOperation({
    summary: 'Have what happens from now on told by webhooks; the answer has the secret, once',
  })
  @ApiCreatedResponse({
    type: EndpointWithSecret,
    description: 'it exists now; the secret is not shown again',
  })
  @ApiProblems('invalid-token', 'forbidden', 'cross-site', 'conflict')
  create(
    @Body() endpoint: CreateEndpointDto,
    @Req() { identity }: IdentifiedRequest,
  ): Promise<EndpointWithSecret> {
    this.refusePlain(endpoint.url);
    return this.endpoints.create(endpoint, { actor: identity.subject });
  }

  @Patch(':id')
  @NeedsScope('grants:campaigns')
  @HttpCode(200)
  @ApiParam(ID)
  @ApiOperation({ summary: 'Change an endpoint, switch it off or on again' })
  @ApiOkResponse({ type: EndpointView, description: 'the endpoint as it is now' })
  @ApiProblems('invalid-token', 'forbidden', 'cross-site', 'unknown-endpoint')
  change(
    @Param('id') id: string,
    @Body() { reason, url, description, eventTypes, state }: ChangeEndpointDto,
    @Req() { identity }: IdentifiedRequest,
  ): Promise<EndpointView> {
    const change = { url, description, eventTypes, state };
    if (Object.values(change).every((one) => one === undefined))
      throw invalidRequest('Name at least one of url, description, eventTypes, state.');
    this.refusePlain(url);
    return this.endpoints.change(id, change, { actor: identity.subject, reason });
  }

  @Delete(':id')
  @NeedsScope('grants:campaigns')
  @HttpCode(204)
  @ApiParam(ID)
  @ApiOperation({ summary: 'Delete an endpoint; what it has not accepted yet is never sent' })
  @ApiNoContentResponse({ description: 'deleted' })
  @ApiProblems('invalid-token', 'forbidden', 'cross-site', 'unknown-endpoint')
  async delete(@Param('id') id: string, @Req() { identity }: IdentifiedRequest): Promise<void> {
    await this.endpoints.delete(id, { actor: identity.subject });
  }

  @Post(':id/secret-rotation')
  @NeedsScope('grants:campaigns')
  @HttpCode(200)
  @ApiParam(ID)
  @ApiOperation({ summary: 'Give it a new secret; for a while both sign' })
  @ApiOkResponse({ type: EndpointWithSecret, description: 'the new secret, which is not shown again' })
  @ApiProblems('invalid-token', 'forbidden', 'cross-site', 'unknown-endpoint')
  rotate(
    @Param('id') id: string,
    @Body() { previousValidForSeconds, reason }: RotateSecretDto,
    @Req() { identity }: IdentifiedRequest,
  ): Promise<EndpointWithSecret> {
    return this.endpoints.rotate(id, previousValidForSeconds ?? DAY_SECONDS, {
      actor: identity.subject,
      reason,
    });
  }

  @Post(':id/replay')
  @NeedsScope('grants:campaigns')
  @HttpCode(202)
  @ApiParam(ID)
  @ApiOperation({ summary: 'Send again what was recorded in a span of time, with the ids of before' })
  @ApiAcceptedResponse({ type: EndpointView, description: 'the endpoint as it is now' })
  @ApiProblems('invalid-token', 'forbidden', 'cross-site', 'unknown-endpoint', 'conflict')
  replay(
    @Param('id') id: string,
    @Body() { from, to, reason }: ReplayDto,
    @Req() { identity }: IdentifiedRequest,
  ): Promise<EndpointView> {
    const until = to ? new Date(to) : null; // null is as good as left out
    if (until && until < new Date(from)) throw invalidRequest('to must not be before from.');
    return this.endpoints.replay(id, new Date(from), until, { actor: identity.subject, reason });
  }

  private refusePlain(url: string | undefined): void {
    if (this.environment.ALLOW_PLAIN_HTTP || !isPlainOverNetwork(url)) return;
    const message = 'url must be https://, unless the service is set to ALLOW_PLAIN_HTTP';
    throw invalidRequest(`${message}.`, { errors: [{ field: 'url', message }] });
  }
}
