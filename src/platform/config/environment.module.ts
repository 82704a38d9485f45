import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Environment } from './environment.js';

/** Makes the configuration that `main` has read injectable everywhere, as `Environment`. */
@Global()
@Module({})
export class EnvironmentModule {
  static with(environment: Readonly<Environment>): DynamicModule {
    return {
      module: EnvironmentModule,
      providers: [{ provide: Environment, useValue: environment }],
      exports: [Environment],
    };
  }
}
