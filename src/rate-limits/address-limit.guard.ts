import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { AddressLimit } from './address-limit.js';

/** Bounds what one network address may ask. Generous: a carrier puts a whole city's phones behind one address. */
@Injectable()
export class AddressLimitGuard implements CanActivate {
  constructor(private readonly limit: AddressLimit) {}

  canActivate(context: ExecutionContext): true {
    this.limit.count(context.switchToHttp().getRequest<Request>().ip ?? 'unknown');
    return true;
  }
}
