import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { RequestCheck } from '../http/request-check.js';
import { AddressLimit } from './address-limit.js';

/** Limits the requests of one network address. Generous: a carrier puts a whole city's phones behind one address. */
@Injectable()
export class AddressLimitGuard extends RequestCheck {
  constructor(private readonly limit: AddressLimit) {
    super();
  }

  check(request: Request): void {
    this.limit.countFrom(request);
  }
}
