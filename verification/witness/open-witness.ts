import type { SignerKey, VerifierKey } from '../../src/transparency/formats/note-key.js';
import { lockFolder } from './folder-lock.js';
import { WitnessMemory } from './witness-memory.js';
import { WitnessServer } from './witness-server.js';
import { Witness } from './witness.js';

export interface OpenWitness {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Takes the folder for this process and starts the server.
 * @throws StackError when another witness uses the folder, or the port is taken
 * @throws MalformedFormat when the memory is damaged
 */
export async function openWitness(
  {
    folder,
    port,
    host,
    logs,
  }: {
    readonly folder: string;
    readonly port: number;
    readonly host: string;
    readonly logs: readonly VerifierKey[];
  },
  key: SignerKey,
  say: (sentence: string) => void,
): Promise<OpenWitness> {
  const unlock = await lockFolder(folder);
  try {
    const memory = new WitnessMemory(folder);
    for (const { name } of logs) await memory.last(name);
    const witness = new Witness(key, logs, memory, () => Math.floor(Date.now() / 1_000));
    const server = new WitnessServer(witness, say);
    const url = await server.listen(port, host);
    return {
      url,
      close: async () => {
        server.close();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}
