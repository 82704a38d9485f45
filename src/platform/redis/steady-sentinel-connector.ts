import { SentinelConnector } from 'ioredis';

/**
 * ioredis' way to the primary that sentinels name, without the fault that it can give up for good. Who was connected is told of
 * a failover (`failoverDetector`) and then disconnects, also when that connection is lost already and the next is being
 * made: that attempt fails as if it had been called off, and ioredis 6.0.0 makes no other. So what listened for the last
 * connection is let go before the next is begun.
 */
export class SteadySentinelConnector extends SentinelConnector {
  override connect(
    ...parameters: Parameters<SentinelConnector['connect']>
  ): ReturnType<SentinelConnector['connect']> {
    this.disconnect();
    return super.connect(...parameters);
  }
}
