import { openPage } from './page.js';
import { en } from './words/en.js';

openPage(en);
