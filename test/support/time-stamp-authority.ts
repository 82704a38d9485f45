import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';

const run = promisify(execFile);

const KEYS = {
  rsa: ['-newkey', 'rsa:2048'],
  ec: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
} as const;

const MAY_STAMP = 'keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n';
const MAY_NOT = 'keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,serverAuth\n';

const CONFIGURATION = `
[tsa]
default_tsa = one
[one]
serial = serial
signer_cert = stamper.pem
signer_key = stamper.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
`;

/** How an authority answers: as it should, never, with its last answer again, or with a refusal. */
export type Manner = 'stamps' | 'hangs' | 'repeats' | 'refuses';

/** A time-stamping authority that openssl makes: a root, a certificate of its own, and a server. */
export class TimeStampAuthority {
  manner: Manner = 'stamps';
  /** Requests that have come. */
  asked = 0;
  private last = Buffer.alloc(0);
  private readonly server = createServer((request, response) => {
    this.asked += 1;
    void buffer(request).then((query) => this.answer(query, response));
  });

  private constructor(private readonly folder: string) {}

  static async open(name: string, key: keyof typeof KEYS = 'rsa'): Promise<TimeStampAuthority> {
    const folder = await mkdtemp(join(tmpdir(), 'seonchak-stamps-'));
    const authority = new TimeStampAuthority(folder);
    await writeFile(join(folder, 'configuration'), CONFIGURATION);
    const named = ['-subj', `/O=Test/CN=${name}`];
    await authority.openssl(
      'req',
      '-x509',
      ...KEYS[key],
      '-nodes',
      '-keyout',
      'root.key',
      '-out',
      'root.pem',
      ...[...['-days', '2', '-subj', '/O=Test/CN=Root']],
    );
    await authority.openssl(
      'req',
      ...KEYS[key],
      '-nodes',
      '-keyout',
      'stamper.key',
      '-out',
      'request',
      ...named,
    );
    await authority.certify(MAY_STAMP, 'stamper.pem', 'PEM');
    await new Promise<void>((resolve) => authority.server.listen(0, '127.0.0.1', resolve));
    return authority;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/stamp`;
  }

  /** The root's certificate, in PEM. */
  root(): Promise<string> {
    return readFile(join(this.folder, 'root.pem'), 'utf8');
  }

  /** A certificate of the same name, number and key, in DER: for servers, not for time stamps. */
  async otherCertificate(): Promise<Buffer> {
    await this.certify(MAY_NOT, 'other.der', 'DER');
    return readFile(join(this.folder, 'other.der'));
  }

  /** What openssl says of a token. @throws Error when it does not hold */
  async verify(token: Uint8Array, text: string): Promise<void> {
    await writeFile(join(this.folder, 'token'), token);
    await writeFile(join(this.folder, 'text'), text);
    await this.openssl('ts', '-verify', '-token_in', '-in', 'token', '-data', 'text', '-CAfile', 'root.pem');
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await rm(this.folder, { recursive: true });
  }

  private async answer(query: Buffer, response: ServerResponse): Promise<void> {
    if (this.manner === 'hangs') return;
    if (this.manner === 'stamps') {
      const place = String(this.asked);
      await writeFile(join(this.folder, place), query);
      await this.openssl(
        'ts',
        '-reply',
        '-config',
        'configuration',
        '-queryfile',
        place,
        '-out',
        `${place}.reply`,
      );
      this.last = await readFile(join(this.folder, `${place}.reply`));
    }
    response.writeHead(this.manner === 'refuses' ? 503 : 200, {
      'Content-Type': 'application/timestamp-reply',
    });
    response.end(this.last);
  }

  private async certify(usage: string, out: string, form: string): Promise<void> {
    await writeFile(join(this.folder, 'usage'), usage);
    const by = [
      '-CA',
      'root.pem',
      '-CAkey',
      'root.key',
      '-set_serial',
      '7',
      '-days',
      '2',
      '-extfile',
      'usage',
    ];
    await this.openssl('x509', '-req', '-in', 'request', ...by, '-out', out, '-outform', form);
  }

  private openssl(...args: readonly string[]): Promise<unknown> {
    return run('openssl', args, { cwd: this.folder });
  }
}
