import './page.css';
import { mount } from './mount.js';
import { Receipts } from './receipt/receipts.js';
import type { ReceiptWords } from './receipt/words.js';
import type { Campaign } from './service/answers.js';
import { Service } from './service/service.js';
import { SessionIdentity } from './session-identity.js';
import { Formats } from './view/formats.js';
import type { Words } from './words/words.js';

/** Brings the claim page to life: the HTML has the facts already, the script what happens now. */
export function openPage(words: Words, wordsOfReceipts: ReceiptWords): void {
  const place = document.getElementById('claim');
  if (!place) return;
  const campaign = JSON.parse(place.dataset.campaign ?? '') as Campaign;
  const identity = new SessionIdentity(location.pathname);
  const service = new Service(location.origin, campaign.id, identity, { Prefer: 'receipt' });
  identity.askAt(service);
  const formats = new Formats(words);
  showTimesInTheViewersZone(formats);
  const receipts = new Receipts(campaign.id, service, wordsOfReceipts, formats);
  const { element, flow } = mount(campaign, service, identity, words, ({ title }, state) => {
    document.title = `${title} · ${campaign.name}`;
    receipts.show(state);
  });
  place.replaceChildren(element, receipts.element);
  void flow.start();
}

/** Without script they are in the zone of the page's language. */
function showTimesInTheViewersZone(formats: Formats): void {
  for (const time of document.querySelectorAll('time')) time.textContent = formats.moment(time.dateTime);
}
