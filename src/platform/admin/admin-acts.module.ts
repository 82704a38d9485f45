import { Module } from '@nestjs/common';
import { AdminActsController } from './admin-acts.controller.js';
import { AdminActs } from './admin-acts.js';

/** The trail of operators' acts, over HTTP. */
@Module({ providers: [AdminActs], controllers: [AdminActsController] })
export class AdminActsModule {}
