import { Module } from '@nestjs/common';
import { CampaignsModule } from '../campaigns/campaigns.module.js';
import { ClaimHtml } from './claim-html.js';
import { ClaimPageController } from './claim-page.controller.js';
import { HomeController } from './home.controller.js';
import { NotFoundPage } from './not-found-page.js';
import { WebFiles } from './web-files.js';
import { WebFilesController } from './web-files.controller.js';

/** What people see in a browser: the landing page, the claim page, the embeddable element, the console's files. */
@Module({
  imports: [CampaignsModule],
  providers: [WebFiles, ClaimHtml, NotFoundPage],
  controllers: [HomeController, ClaimPageController, WebFilesController],
})
export class PagesModule {}
