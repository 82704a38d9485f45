// Jest's globalSetup of the browser tests: the download takes longer than a hook of a test may. It takes the build,
// which `npm test` has just made, because Jest maps no `.js` to `.ts` here.
import { findChromiumBinary } from '../../dist/tools/stack/servers/chromium-binary.js';

export default () => findChromiumBinary((line) => console.error(line));
