import {
  Controller,
  Get,
  Injectable,
  Module,
  Param,
  Req,
  Res,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, MetadataScanner, ModuleRef, NestFactory } from '@nestjs/core';
import type { CanActivate, Type } from '@nestjs/common';
import type { Request } from 'express';
import type { ServerResponse } from 'node:http';
import { Direct, type DirectRoute, readDirectRoutes } from '../../src/platform/http/direct-declarations.js';
import { DeadlineInterceptor } from '../../src/platform/http/deadline.interceptor.js';
import { Deadline } from '../../src/platform/http/deadline.js';
import { RequestCheck } from '../../src/platform/http/request-check.js';

@Injectable()
class OfTheClass extends RequestCheck {
  check(): void {}
}

@Injectable()
class OfTheMethod extends RequestCheck {
  check(): void {}
}

@Injectable()
class ForNestOnly implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

/** The direct routes of one controller, read as the service reads them when it starts. */
async function routesOf(controller: Type): Promise<DirectRoute[]> {
  @Module({
    imports: [DiscoveryModule],
    controllers: [controller],
    providers: [{ provide: Deadline, useValue: undefined }],
  })
  class OneController {}

  const app = await NestFactory.createApplicationContext(OneController, {
    logger: false,
    abortOnError: false,
  });
  try {
    return readDirectRoutes(app.get(DiscoveryService), app.get(MetadataScanner), app.get(ModuleRef));
  } finally {
    await app.close();
  }
}

describe('a direct route', () => {
  it('has the path, the method, the guards of class and method in order, and the controller declared', async () => {
    @Controller('v1/things/:id')
    @UseGuards(OfTheClass)
    class Things {
      private readonly answer = 'of this controller';

      @Get('me')
      @Direct()
      @UseGuards(OfTheMethod)
      async read(@Req() _: Request, @Res() response: ServerResponse): Promise<void> {
        response.end(this.answer);
      }

      @Get()
      others(): string {
        return this.answer;
      }
    }

    const routes = await routesOf(Things);
    expect(routes).toHaveLength(1);
    const [{ method, path, checks, handle }] = routes as [DirectRoute];
    expect({ method, path }).toEqual({ method: 'GET', path: '/v1/things/:id/me' });
    expect(checks.map((check) => check.constructor)).toEqual([OfTheClass, OfTheMethod]);
    const end = jest.fn();
    await handle({} as Request, { end } as unknown as ServerResponse);
    expect(end).toHaveBeenCalledWith('of this controller');
  });
});

describe('a direct route that would leave something out prevents the start', () => {
  it('if a guard works in Nest only', async () => {
    @Controller('things')
    @UseGuards(ForNestOnly)
    class Things {
      @Get()
      @Direct()
      async read(@Req() _: Request, @Res() __: ServerResponse): Promise<void> {}
    }
    await expect(routesOf(Things)).rejects.toThrow(
      'Things.read is a direct route, so its guard ForNestOnly must extend RequestCheck.',
    );
  });

  it('if there is an interceptor', async () => {
    @Controller('things')
    @UseInterceptors(DeadlineInterceptor)
    class Things {
      @Get()
      @Direct()
      async read(@Req() _: Request, @Res() __: ServerResponse): Promise<void> {}
    }
    await expect(routesOf(Things)).rejects.toThrow(
      'Things.read is a direct route, and would be served without its interceptor.',
    );
  });

  it('if Nest would have to make a parameter', async () => {
    @Controller('things')
    class Things {
      @Get(':id')
      @Direct()
      async read(@Param('id') _: string, @Res() __: ServerResponse): Promise<void> {}
    }
    await expect(routesOf(Things)).rejects.toThrow('may take @Req() and @Res() only');
  });
});
