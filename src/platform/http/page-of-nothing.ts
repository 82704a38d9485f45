import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Problem } from '../problems/problem.js';

/** Sends a page that says that there is nothing at this address. */
type Send = (request: Request, response: Response) => Promise<void>;

/**
 * What a person sees at an address at which there is nothing, instead of JSON. Whoever has pages sets it; a role
 * without pages has none.
 */
@Injectable()
export class PageOfNothing {
  private send: Send | null = null;

  set(send: Send): void {
    this.send = send;
  }

  /** The page, if a browser asked for a page outside the API; else null: programs get the problem. */
  for(problem: Problem, request: Request): Send | null {
    const isPlain = problem.code === 'not-found' && problem.details.detail === undefined;
    const isPage = ['GET', 'HEAD'].includes(request.method) && !API.test(request.path);
    return isPlain && isPage && request.accepts(['application/problem+json', 'html']) === 'html'
      ? this.send
      : null;
  }
}

/** Some programs prefer HTML by default. */
const API = /^\/v\d+(\/|$)/i;
