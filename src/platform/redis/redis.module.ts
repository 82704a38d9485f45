import { Global, Module } from '@nestjs/common';
import { RedisConnections } from './redis-connections.js';
import { REQUEST_REDIS } from './request-redis.js';

@Global()
@Module({
  providers: [
    RedisConnections,
    {
      provide: REQUEST_REDIS,
      inject: [RedisConnections],
      useFactory: (connections: RedisConnections) => connections.open('request'),
    },
  ],
  exports: [RedisConnections, REQUEST_REDIS],
})
export class RedisModule {}
