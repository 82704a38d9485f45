import { UnusableInput } from '../unusable-input.js';
import { en } from '../words/en.js';
import type { Misplacement } from './misplacement.js';

/** What was given is sound, and belongs in the other place. */
export class MisplacedFile extends UnusableInput {
  constructor(readonly misplacement: Misplacement) {
    super(en.misplaced[misplacement]);
  }
}
