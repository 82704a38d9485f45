import { MalformedFormat } from '../src/transparency/formats/malformed-format.js';
import { formatVerifierKey } from '../src/transparency/formats/note-key.js';
import { runCommand } from '../tools/command.js';
import { StopSignals } from '../tools/stack/stop-signals.js';
import { openWitness } from './witness/open-witness.js';
import { makeWitnessKey, readWitnessKey } from './witness/witness-key.js';
import { readWitnessOptions, witnessCommand } from './witness/witness-options.js';

runCommand(
  witnessCommand,
  async (args) => {
    const options = readWitnessOptions(args);
    if (options.newKey !== undefined) {
      console.log(formatVerifierKey(await makeWitnessKey(options.folder, options.newKey)));
      return 0;
    }
    const key = await readWitnessKey(options.folder);
    const signals = new StopSignals();
    const witness = await openWitness(options, key, (sentence) => console.error(sentence));
    // This line is for programs, which wait for it.
    console.log(JSON.stringify({ url: witness.url, key: formatVerifierKey(key) }));
    await signals.requested;
    await witness.close();
    return 0;
  },
  (error) => error instanceof MalformedFormat,
);
