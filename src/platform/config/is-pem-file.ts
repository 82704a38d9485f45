import { ValidateBy } from 'class-validator';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

const READERS = {
  certificate: (text: Buffer) => new X509Certificate(text),
  'private key': (text: Buffer) => createPrivateKey(text),
};

/** Validates the path of a readable file that holds `content` in PEM. */
export function IsPemFile(content: keyof typeof READERS): PropertyDecorator {
  return ValidateBy({
    name: 'isPemFile',
    validator: {
      validate: (path: unknown) => {
        try {
          return typeof path === 'string' && READERS[content](readFileSync(path)) !== undefined;
        } catch {
          return false;
        }
      },
      defaultMessage: () => `$property must be the path of a readable file that holds a ${content} (PEM)`,
    },
  });
}
