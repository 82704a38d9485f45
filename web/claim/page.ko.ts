import { openPage } from './page.js';
import { ko as ofReceipts } from './receipt/words.ko.js';
import { ko } from './words/ko.js';

openPage(ko, ofReceipts);
