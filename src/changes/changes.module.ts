import { Module } from '@nestjs/common';
import { ChangeFeed } from './change-feed.js';
import { UnreadGauge } from './unread-gauge.js';

@Module({
  providers: [ChangeFeed, UnreadGauge],
  exports: [ChangeFeed],
})
export class ChangesModule {}
