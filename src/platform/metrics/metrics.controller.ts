import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { Metrics } from './metrics.js';

@ApiExcludeController()
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  /** In Prometheus' text format. */
  @Get()
  @Header('Cache-Control', 'no-store')
  async read(@Res() response: Response): Promise<void> {
    const text = await this.metrics.text();
    response.type(this.metrics.registry.contentType).send(text);
  }
}
