import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../project-folders.js';
import { debianProgram } from './debian-program.js';
import { StackError } from '../stack-error.js';

const run = promisify(execFile);

/** A Chromium that runs on this machine, and the environment that it needs. */
export interface ChromiumBinary {
  program: string;
  env: Record<string, string>;
}

const debianChromium = {
  name: 'Chromium',
  package: 'chromium',
  path: 'usr/lib/chromium/chromium',
  libraries: [],
  resolve: true,
  besides: ['fonts-nanum', 'fonts-liberation'], // so that pages in Korean and English look alike on every machine
  instead: 'Install chromium, or set CHROMIUM_PATH to a Chromium or Chrome of yours.',
};

async function runs({ program, env }: ChromiumBinary): Promise<boolean> {
  return run(program, ['--version'], { env: { PATH: process.env.PATH, ...env } }).then(
    () => true,
    () => false,
  );
}

/** Makes the fonts of the cache known besides the machine's own, which may have no configuration of fonts. */
async function fontConfiguration(): Promise<string> {
  const file = join(cacheFolder, 'chromium', 'fonts.conf');
  const folders = ['/usr/share/fonts', join(cacheFolder, 'chromium', 'unpacked', 'usr', 'share', 'fonts')];
  await writeFile(
    file,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>
${folders.map((folder) => `  <dir>${folder}</dir>`).join('\n')}
  <alias><family>sans-serif</family><prefer><family>Liberation Sans</family><family>NanumGothic</family></prefer></alias>
  <cachedir>${join(cacheFolder, 'chromium', 'fontconfig')}</cachedir>
</fontconfig>
`,
  );
  return file;
}

/**
 * Finds Chromium: at CHROMIUM_PATH, installed, or fetched from Debian. Else throws a StackError that says what to do.
 */
export async function findChromiumBinary(log: (line: string) => void): Promise<ChromiumBinary> {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (await runs({ program: named, env: {} })) return { program: named, env: {} };
    throw new StackError(`CHROMIUM_PATH (${named}) does not run.`);
  }
  for (const program of ['/usr/bin/chromium', '/usr/bin/google-chrome']) {
    if (await runs({ program, env: {} })) return { program, env: {} };
  }
  const { program, libraryPath } = await debianProgram(debianChromium, log);
  // PulseAudio's client library looks for a library of its own in a folder of its own.
  const libraries = libraryPath.split(':').flatMap((folder) => [folder, join(folder, 'pulseaudio')]);
  const fetched = {
    program,
    env: { LD_LIBRARY_PATH: libraries.join(':'), FONTCONFIG_FILE: await fontConfiguration() },
  };
  if (await runs(fetched)) return fetched;
  throw new StackError(`The Chromium in .cache/chromium does not run here. ${debianChromium.instead}`);
}
