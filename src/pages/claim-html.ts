import { Injectable } from '@nestjs/common';
import type { CampaignView } from '../campaigns/campaign.dto.js';
import { type Language, writeMoney, writePeople, writeTime } from './languages.js';
import { CLAIM_HTML, FACTS_KEPT } from './page-headers.js';
import { Page } from './send-page.js';
import { fillTemplate, type Values } from './template.js';
import { WebFiles } from './web-files.js';

/**
 * The claim page of each campaign. What is left of it is not in there: a copy in a cache would be wrong, and the script
 * asks for it.
 */
@Injectable()
export class ClaimHtml {
  /** A campaign's view is another object every second, and its pages go with it. */
  private readonly made = new WeakMap<CampaignView, Map<Language, Page>>();

  constructor(private readonly files: WebFiles) {}

  page(campaign: CampaignView, language: Language): Page {
    const pages = this.made.get(campaign) ?? new Map<Language, Page>();
    this.made.set(campaign, pages);
    const page = pages.get(language) ?? this.make(campaign, language);
    pages.set(language, page);
    return page;
  }

  private make(campaign: CampaignView, language: Language): Page {
    const html = fillTemplate(this.files.html(`claim.${language}`), valuesOf(campaign, language));
    return new Page(Buffer.from(html), {
      ...CLAIM_HTML,
      'Content-Language': language,
      'Cache-Control': FACTS_KEPT,
    });
  }
}

function valuesOf(campaign: CampaignView, language: Language): Values {
  const { id, name, capacity, waitingCapacity, amount, currency, eligibility, opensAt, closesAt } = campaign;
  const { state, endedAt } = campaign;
  const facts = { id, name, capacity, waitingCapacity, amount, currency, eligibility, opensAt };
  const shown = endedAt === null ? state : 'CLOSED';
  return {
    id,
    name,
    facts: JSON.stringify({ ...facts, state, endedAt }),
    amount: writeMoney(amount, currency, language),
    people: writePeople(capacity, language),
    waitingPeople: waitingCapacity > 0 && writePeople(waitingCapacity, language),
    listed: eligibility === 'list',
    opensAt: opensAt && opensAt.toISOString(),
    opensAtText: opensAt && writeTime(opensAt, language),
    closesAt: closesAt && closesAt.toISOString(),
    closesAtText: closesAt && writeTime(closesAt, language),
    scheduled: shown === 'SCHEDULED',
    open: shown === 'OPEN',
    paused: shown === 'PAUSED',
    closed: shown === 'CLOSED',
  };
}
