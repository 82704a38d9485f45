import { SentinelConnector } from 'ioredis';

/**
 * ioredis' connector to the primary that sentinels name, without the fault that it can give up for good. After a
 * failover, the detector of the last connection (`failoverDetector`) disconnects, even if that connection is already
 * lost and the next one is being made: that attempt fails as if it had been cancelled, and ioredis 6.0.0 makes no
 * other. So the detector of the last connection is removed before the next one is begun.
 */
export class SteadySentinelConnector extends SentinelConnector {
  override connect(
    ...parameters: Parameters<SentinelConnector['connect']>
  ): ReturnType<SentinelConnector['connect']> {
    this.disconnect();
    return super.connect(...parameters);
  }
}
