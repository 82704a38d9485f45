import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, refusalAnswer, sendAnswer } from './answer.js';
import type { Affected, FaultSource } from './fault-source.js';
import { faultAnswers, needsTransfer } from './fault-answers.js';
import type { LookupFault, RequestFault } from './fault-kinds.js';
import type { Journal } from './journal.js';
import { Refusal } from './refusal.js';
import { readBody } from './request-body.js';
import type { TransferExecutor } from './transfer-executor.js';
import type { Transfer } from './transfer.js';
import { isKey, readTransferRequest, type TransferRequest } from './transfer-request.js';

/** These faults replace the execution of the request; the others follow it. */
const beforeFaults: ReadonlySet<RequestFault> = new Set([
  'timeoutBefore',
  'errorBefore',
  'tooMany',
  'resetBefore',
  'delayedBefore',
]);

const noAnswer: Answer = { status: 500, body: {} };
const largestPage = 1000;
const usualPage = 100;

/** The provider's side of docs/payout-provider.md: transfers, look-ups and the statement. */
export class TransferRoutes {
  constructor(
    private readonly journal: Journal,
    private readonly executor: TransferExecutor,
    private readonly faultSource: FaultSource,
  ) {}

  /** POST /transfers */
  async transfer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(incoming);
    const request = readTransferRequest(incoming.headers['idempotency-key'], body);
    const fault = this.faultSource.ofRequest(request);
    if (fault && beforeFaults.has(fault)) {
      this.journal.noteFault(fault, request);
      this.spoil(fault, response, noAnswer, request);
      if (fault === 'delayedBefore') this.executeLater(request);
      return;
    }
    const { right, transfer } = await this.execute(request);
    if (!fault || (needsTransfer.has(fault) && !transfer)) {
      sendAnswer(response, right);
      return;
    }
    this.journal.noteFault(fault, { ...request, ...transfer });
    this.spoil(fault, response, right, request);
  }

  /** GET /transfers/{idempotencyKey} */
  async lookUp(idempotencyKey: string, response: ServerResponse): Promise<void> {
    if (!isKey(idempotencyKey)) throw new Refusal(400, 'invalid-key');
    const known = this.journal.book.latestOf(idempotencyKey);
    const affected = { ...known?.transfer, idempotencyKey };
    if (this.spoilLookup(response, affected)) return;
    if (!known) throw new Refusal(404, 'not-found');
    sendAnswer(response, { status: 200, body: await this.journal.durable(known) });
  }

  /** GET /transfers?campaignId=…&after=…&limit=… */
  async list(query: URLSearchParams, response: ServerResponse): Promise<void> {
    const campaignId = query.get('campaignId');
    if (!campaignId) throw new Refusal(400, 'invalid-campaign');
    const limit = query.get('limit') ?? String(usualPage);
    if (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > largestPage) {
      throw new Refusal(400, 'invalid-limit');
    }
    if (this.spoilLookup(response, {})) return;
    const page = this.journal.book.page(campaignId, query.get('after') ?? undefined, Number(limit));
    if (!page) throw new Refusal(400, 'invalid-after');
    await this.journal.allDurable();
    sendAnswer(response, { status: 200, body: page });
  }

  private async execute(request: TransferRequest): Promise<{ right: Answer; transfer?: Transfer }> {
    try {
      const { transfer, isNew } = await this.executor.execute(request);
      const status = transfer.state === 'rejected' ? 422 : isNew ? 201 : 200;
      return { right: { status, body: transfer }, transfer };
    } catch (error) {
      if (error instanceof Refusal) return { right: refusalAnswer(error) };
      throw error;
    }
  }

  private executeLater(request: TransferRequest): void {
    setTimeout(() => void this.execute(request), this.faultSource.odds.delayedMs).unref();
  }

  private spoilLookup(response: ServerResponse, affected: Affected): boolean {
    const fault = this.faultSource.ofLookup(affected);
    if (!fault) return false;
    this.journal.noteFault(fault, affected);
    this.spoil(fault, response, noAnswer, affected);
    return true;
  }

  private spoil(
    fault: RequestFault | LookupFault,
    response: ServerResponse,
    right: Answer,
    affected: Affected,
  ): void {
    const variant = (limit: number) => this.faultSource.variant(affected, limit);
    faultAnswers[fault]({ response, right, odds: this.faultSource.odds, variant });
  }
}
