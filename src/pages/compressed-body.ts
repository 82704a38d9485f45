import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

export type Encoding = 'br' | 'gzip' | 'identity';

const compressGzip = promisify(gzip);
const compressBrotli = promisify(brotliCompress);

/** Good enough: one more step saves a percent and takes five times as long. */
const BROTLI_QUALITY = 9;

/** The encoding that a client understands and that makes the answer smallest. @param accepted Accept-Encoding */
export function preferredEncoding(accepted: string | undefined): Encoding {
  const offered = (accepted ?? '').split(',').map((part) => part.trim().toLowerCase());
  const takes = (name: string): boolean =>
    offered.some((part) => part === name || (part.startsWith(`${name};`) && !/;\s*q=0(\.0*)?$/.test(part)));
  if (takes('br')) return 'br';
  return takes('gzip') ? 'gzip' : 'identity';
}

/** A body that is sent many times: each encoding is made once, when it is first asked for, off the main thread. */
export class CompressedBody {
  private readonly made = new Map<Encoding, Promise<Buffer>>();

  constructor(private readonly plain: Buffer) {}

  as(encoding: Encoding): Promise<Buffer> {
    const made = this.made.get(encoding) ?? this.make(encoding);
    this.made.set(encoding, made);
    return made;
  }

  private make(encoding: Encoding): Promise<Buffer> {
    switch (encoding) {
      case 'br':
        return compressBrotli(this.plain, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } });
      case 'gzip':
        return compressGzip(this.plain, { level: constants.Z_BEST_COMPRESSION });
      case 'identity':
        return Promise.resolve(this.plain);
    }
  }
}
