import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Files in PEM: a certificate and its key. */
export interface Certified {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority for one test, which nobody else knows. Made by `openssl`, 3.0 or newer. */
export class CertificateAuthority {
  private constructor(
    private readonly folder: string,
    readonly own: Certified,
  ) {}

  static async create(folder: string): Promise<CertificateAuthority> {
    await mkdir(folder, { recursive: true });
    return new CertificateAuthority(
      folder,
      await make(folder, 'ca', ['-subj', '/CN=An authority for tests']),
    );
  }

  /** @param name of the files and of the subject; the certificate is valid for 127.0.0.1 as well */
  certify(name: string): Promise<Certified> {
    const { certificate, key } = this.own;
    const signed = ['-CA', certificate, '-CAkey', key];
    return make(this.folder, name, [
      ...['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name},IP:127.0.0.1`, ...signed],
    ]);
  }
}

async function make(folder: string, name: string, subject: readonly string[]): Promise<Certified> {
  const made = { certificate: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  await run('openssl', ['req', ...kind, ...subject, '-keyout', made.key, '-out', made.certificate]);
  return made;
}
