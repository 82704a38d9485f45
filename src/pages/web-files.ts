import { Injectable } from '@nestjs/common';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

/** Where `npm run build` puts what it makes of web/: beside this file's build, or in dist if this is the source. */
const FOLDERS = [join(__dirname, '../../dist/web'), join(__dirname, '../../web')];

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** A file of a page, in memory: some hundred kB for all. */
export interface WebFile {
  readonly content: Buffer;
  readonly type: string;
  /** Whether its name has a hash of its content (Vite's folder `assets`). */
  readonly isHashed: boolean;
}

/** The built pages, read once: nothing that a request names is ever looked for on the disk. */
@Injectable()
export class WebFiles {
  private readonly files = new Map<string, WebFile>();

  /** @throws Error when the pages were not built */
  constructor() {
    const folder = FOLDERS.find((candidate) => existsSync(join(candidate, 'claim', 'html')));
    if (folder === undefined) throw new Error('The pages are not built: run "npm run build".');
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const type = TYPES[extname(entry.name)];
      if (!entry.isFile() || type === undefined) continue; // source maps and the like are not served
      const path = join(entry.parentPath, entry.name);
      const name = relative(folder, path).split(sep).join('/');
      this.files.set(name, { content: readFileSync(path), type, isHashed: name.includes('/assets/') });
    }
  }

  /** @param name from dist/web on, e.g. `console/index.html` */
  find(name: string): WebFile | undefined {
    return this.files.get(name);
  }

  /** A page's template. @throws Error when it was not built */
  html(name: string): string {
    const file = this.find(`claim/html/${name}.html`);
    if (!file) throw new Error(`The page ${name} is not built: run "npm run build".`);
    return file.content.toString();
  }
}
