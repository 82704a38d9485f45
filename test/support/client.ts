import type { Response } from 'supertest';
import type { RunningApp } from './world.js';
import { adminToken, tokenOf } from './tokens.js';

export interface NewCampaign {
  readonly id: string;
  readonly capacity: number;
  readonly waitingCapacity?: number;
  readonly opensAt?: string;
  readonly closesAt?: string;
  readonly reversalPolicy?: 'keep' | 'regrant';
  readonly payoutProvider?: 'ledger' | 'http';
  readonly eligibility?: 'everybody' | 'list';
  readonly name?: string;
  readonly amount?: number;
  readonly currency?: string;
}

/** The API as its users call it. */
export class Client {
  constructor(private readonly running: Pick<RunningApp, 'http'>) {}

  async claim(campaignId: string, userId: string | number): Promise<Response> {
    return this.running.http
      .post(`/v1/campaigns/${campaignId}/grants`)
      .set('Authorization', `Bearer ${await tokenOf(userId)}`);
  }

  async status(campaignId: string, userId: string | number): Promise<Response> {
    return this.running.http
      .get(`/v1/campaigns/${campaignId}/grants/me`)
      .set('Authorization', `Bearer ${await tokenOf(userId)}`);
  }

  async createCampaign(campaign: NewCampaign): Promise<Response> {
    return this.running.http
      .post('/v1/campaigns')
      .set('Authorization', `Bearer ${await adminToken()}`)
      .send({ name: campaign.id, amount: 10, currency: 'KRW', ...campaign });
  }

  async changeCampaign(
    id: string,
    change: Readonly<Record<string, unknown>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    return this.running.http
      .patch(`/v1/campaigns/${id}`)
      .set('Authorization', `Bearer ${await adminToken()}`)
      .set(headers)
      .send(change);
  }

  async addEligible(campaignId: string, userIds: readonly (string | number)[]): Promise<Response> {
    return this.running.http
      .post(`/v1/campaigns/${campaignId}/eligible`)
      .set('Authorization', `Bearer ${await adminToken()}`)
      .send({ userIds: userIds.map(String) });
  }

  async leave(campaignId: string, userId: string | number): Promise<Response> {
    return this.running.http
      .delete(`/v1/campaigns/${campaignId}/grants/me`)
      .set('Authorization', `Bearer ${await tokenOf(userId)}`);
  }

  async revoke(
    campaignId: string,
    userId: string | number,
    reason = 'asked twice by two accounts',
  ): Promise<Response> {
    return this.running.http
      .post(`/v1/campaigns/${campaignId}/grants/${userId}/revocation`)
      .set('Authorization', `Bearer ${await adminToken()}`)
      .send({ reason });
  }

  async stats(id: string): Promise<Response> {
    return this.running.http
      .get(`/v1/campaigns/${id}/stats`)
      .set('Authorization', `Bearer ${await adminToken()}`);
  }

  /** Any operator's call. */
  async operate(
    method: 'get' | 'post' | 'patch' | 'delete',
    path: string,
    body?: Readonly<Record<string, unknown>>,
    token?: string,
  ): Promise<Response> {
    return this.running.http[method](`/v1/${path}`)
      .set('Authorization', `Bearer ${token ?? (await adminToken())}`)
      .send(body);
  }

  async closeWallet(userId: string | number): Promise<Response> {
    return this.running.http
      .patch(`/v1/wallets/KRW/${userId}`)
      .set('Authorization', `Bearer ${await adminToken()}`)
      .send({ state: 'CLOSED', reason: 'asked to' });
  }

  async payout(campaignId: string, userId: string | number): Promise<Response> {
    return this.running.http
      .get(`/v1/campaigns/${campaignId}/payouts/${userId}`)
      .set('Authorization', `Bearer ${await adminToken()}`);
  }

  async decide(
    campaignId: string,
    userId: string | number,
    decision: Readonly<Record<string, unknown>>,
  ): Promise<Response> {
    return this.running.http
      .patch(`/v1/campaigns/${campaignId}/payouts/${userId}`)
      .set('Authorization', `Bearer ${await adminToken()}`)
      .send(decision);
  }
}
