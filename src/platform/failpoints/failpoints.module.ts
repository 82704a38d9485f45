import { Global, Module } from '@nestjs/common';
import { Failpoints } from './failpoints.js';

@Global()
@Module({ providers: [Failpoints], exports: [Failpoints] })
export class FailpointsModule {}
