import { openPage } from './page.js';
import { en as ofReceipts } from './receipt/words.en.js';
import { en } from './words/en.js';

openPage(en, ofReceipts);
