import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';
import type { ServerResponse } from 'node:http';
import { Problem } from '../platform/problems/problem.js';
import { CONSOLE_HTML, KEPT_FOR_EVER, KEPT_FOR_MINUTES, verifyHeaders } from './page-headers.js';
import { Page } from './send-page.js';
import { type WebFile, WebFiles } from './web-files.js';

/** Calls below /console that belong to the login, whether or not this installation has one. */
const LOGIN = /^(login|logout)(\/|$)/;

const VERIFY_PAGE = 'verify/index.html';

type FileRequest = Request<{ path?: string | string[] }>;

/** The built files of the pages. From memory, so they have no limit of requests. */
@ApiExcludeController()
@Controller()
export class WebFilesController {
  private readonly pages = new Map<string, Page>();

  constructor(private readonly files: WebFiles) {}

  /** Scripts and styles of the claim page. Its HTML is a template, and not among them. */
  @Get('claim-page/assets/:path')
  async claimAsset(@Req() request: FileRequest, @Res() response: ServerResponse): Promise<void> {
    await this.send(`claim/assets/${pathOf(request)}`, request, response);
  }

  /** The embeddable element, its words and its styles: the files that pages of other origins may load. */
  @Get(['embed.js', 'embed.ko.js', 'embed.en.js', 'embed.css'])
  async embed(@Req() request: FileRequest, @Res() response: ServerResponse): Promise<void> {
    await this.send(`claim${request.path}`, request, response, {
      'Cache-Control': KEPT_FOR_MINUTES,
      'Cross-Origin-Resource-Policy': 'cross-origin',
    });
  }

  /** The page that checks a proof. Everything is in it. */
  @Get('verify')
  async verify(@Req() request: Request, @Res() response: ServerResponse): Promise<void> {
    await this.send(VERIFY_PAGE, request, response);
  }

  @Get('console')
  async console(@Req() request: FileRequest, @Res() response: ServerResponse): Promise<void> {
    await this.send('console/index.html', request, response);
  }

  /** A file of the console, or its page: the console reads the path itself. */
  @Get('console/*path')
  async consoleFile(@Req() request: FileRequest, @Res() response: ServerResponse): Promise<void> {
    const path = pathOf(request);
    if (LOGIN.test(path)) throw new Problem(404, 'not-found');
    const isFile = /[^/]\.[^/]*$/.test(path);
    await this.send(isFile ? `console/${path}` : 'console/index.html', request, response);
  }

  private async send(
    name: string,
    request: Request,
    response: ServerResponse,
    headers?: Readonly<Record<string, string>>,
  ): Promise<void> {
    const file = this.files.find(name);
    if (!file) throw new Problem(404, 'not-found');
    const page = this.pages.get(name) ?? new Page(file.content, { ...headersOf(name, file), ...headers });
    this.pages.set(name, page);
    await page.send(request, response);
  }
}

function headersOf(name: string, { content, type, isHashed }: WebFile): Readonly<Record<string, string>> {
  if (name === VERIFY_PAGE) return verifyHeaders(content.toString());
  if (type.startsWith('text/html')) return CONSOLE_HTML;
  return { 'Content-Type': type, 'Cache-Control': isHashed ? KEPT_FOR_EVER : 'no-cache' };
}

function pathOf({ params: { path = '' } }: FileRequest): string {
  return Array.isArray(path) ? path.join('/') : path;
}
