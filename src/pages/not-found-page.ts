import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Request } from 'express';
import type { ServerResponse } from 'node:http';
import { PageOfNothing } from '../platform/http/page-of-nothing.js';
import { type Language, preferredLanguage } from './languages.js';
import { CLAIM_HTML } from './page-headers.js';
import { Page } from './send-page.js';
import { WebFiles } from './web-files.js';

/** The page for an address at which there is nothing. */
@Injectable()
export class NotFoundPage implements OnModuleInit {
  constructor(
    private readonly files: WebFiles,
    private readonly nothing: PageOfNothing,
  ) {}

  /** @throws Error when the page was not built */
  onModuleInit(): void {
    const pages = { ko: this.page('ko'), en: this.page('en') };
    this.nothing.set((request: Request, response: ServerResponse) => {
      const language = preferredLanguage(request.headers['accept-language']);
      return pages[language].send(request, response, ['Accept', 'Accept-Language']);
    });
  }

  private page(language: Language): Page {
    return new Page(
      Buffer.from(this.files.html(`not-found.${language}`)),
      { ...CLAIM_HTML, 'Content-Language': language, 'Cache-Control': 'no-store' },
      404,
    );
  }
}
