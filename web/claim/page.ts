import './page.css';
import { mount } from './mount.js';
import type { Campaign } from './service/answers.js';
import { Service } from './service/service.js';
import { SessionIdentity } from './session-identity.js';
import { Formats } from './view/formats.js';
import type { Words } from './words/words.js';

/** Brings the claim page to life: the HTML has the facts already, the script what happens now. */
export function openPage(words: Words): void {
  const place = document.getElementById('claim');
  if (!place) return;
  const campaign = JSON.parse(place.dataset.campaign ?? '') as Campaign;
  const identity = new SessionIdentity(location.pathname);
  const service = new Service(location.origin, campaign.id, identity);
  identity.askAt(service);
  showTimesInTheViewersZone(new Formats(words));
  const { element, flow } = mount(campaign, service, identity, words, ({ title }) => {
    document.title = `${title} · ${campaign.name}`;
  });
  place.replaceChildren(element);
  void flow.start();
}

/** Without script they are in the zone of the page's language. */
function showTimesInTheViewersZone(formats: Formats): void {
  for (const time of document.querySelectorAll('time')) time.textContent = formats.moment(time.dateTime);
}
