import { Global, Module } from '@nestjs/common';
import { Deadline } from './deadline.js';

@Global()
@Module({ providers: [Deadline], exports: [Deadline] })
export class HttpModule {}
