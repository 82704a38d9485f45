import { IntersectionType } from '@nestjs/swagger';
import { CampaignSettings } from './settings/campaigns.js';
import { HttpSettings } from './settings/http.js';
import { LoginSettings } from './settings/login.js';
import { PayoutSettings } from './settings/payouts.js';
import { ProcessSettings } from './settings/process.js';
import { StorageSettings } from './settings/storage.js';
import { TokenSettings } from './settings/tokens.js';
import { TracingSettings } from './settings/tracing.js';
import { TransparencySettings } from './settings/transparency.js';
import { WebhookSettings } from './settings/webhooks.js';

/**
 * All settings, read once from the environment of the process. `.env.example` explains each variable; the properties
 * have the names of the variables. Times are in ms, sizes in bytes.
 */
export class Environment extends IntersectionType(
  ProcessSettings,
  HttpSettings,
  StorageSettings,
  TokenSettings,
  LoginSettings,
  CampaignSettings,
  PayoutSettings,
  TransparencySettings,
  WebhookSettings,
  TracingSettings,
) {}
