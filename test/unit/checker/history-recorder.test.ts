import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseHistory } from '../../../verification/checker/history.js';
import { HistoryRecorder } from '../../../verification/checker/history-recorder.js';

const asked = { client: 'c1', op: 'claim', campaignId: 'x', userId: '42' };
const answer = { status: 202, body: { arrivalNo: 1 } };

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'history-'));
  path = join(folder, 'history.jsonl');
});

afterEach(() => rmSync(folder, { recursive: true }));

const recorded = () => parseHistory(readFileSync(path, 'utf8'));

describe('The history recorder', () => {
  it('records each request, its times and its answer', async () => {
    const recorder = new HistoryRecorder(path);
    const before = performance.now();
    expect(await recorder.record(asked, () => Promise.resolve(answer))).toBe(answer);
    await recorder.record({ ...asked, op: 'status' }, () => Promise.resolve({ status: 404, body: null }));
    recorder.close();
    const [claim, status] = recorded();
    expect(claim).toMatchObject({ ...asked, ...answer });
    expect(status).toMatchObject({ op: 'status', status: 404, body: null });
    const times = [before, claim!.start, claim!.end!, status!.start, status!.end!, performance.now()];
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('records operations in flight as unknown, so that its process may be killed at any moment', async () => {
    const recorder = new HistoryRecorder(path);
    await recorder.record(asked, () => {
      expect(recorded()).toMatchObject([{ ...asked, end: null, status: null, body: null }]);
      return Promise.resolve(answer);
    });
    expect(recorded()).toMatchObject([answer]); // not closed yet
    recorder.close();
  });

  it('leaves a failed operation unknown and rethrows the error', async () => {
    const recorder = new HistoryRecorder(path);
    await expect(recorder.record(asked, () => Promise.reject(new Error('reset')))).rejects.toThrow('reset');
    recorder.close();
    expect(recorded()).toMatchObject([{ ...asked, end: null, status: null }]);
  });
});
