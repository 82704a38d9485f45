import { openPage } from './page.js';
import { ko } from './words/ko.js';

openPage(ko);
