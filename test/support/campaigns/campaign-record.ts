import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CanaryRecord } from '../../../src/ledger/canary-records.ts';
import type { ChainedCommand } from '../../../src/ledger/command-log.ts';
import type { LedgerRecord } from '../../../src/ledger/record.ts';
import type { CampaignResults } from '../../../src/ledger/results.ts';
import type { ScoreFile } from '../../../src/ledger/score-file.ts';
import { openedBySpecification } from '../age-by-specification.ts';

const digestOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

/** The records of a campaign in the buckets of a home, read as plain files and checked independently of the product. */
export class CampaignRecord {
  constructor(
    private readonly home: string,
    private readonly campaign: string,
  ) {}

  /** The records of a submission, oldest first; fails if the chain is broken. */
  chain(submission: string): LedgerRecord[] {
    return this.linked<LedgerRecord>(join(this.results, 'ledger', submission));
  }

  /** The operator commands, without the campaign's own decisions; fails if the chain is broken. */
  commands(): ChainedCommand[] {
    return this.linked<ChainedCommand>(join(this.results, 'acts')).filter(({ by }) => by !== 'holdout');
  }

  /**
   * Checks every chain, that no run has two numbers or two jobs, that every score follows from its predictions, and that
   * `results` agree with the ledger.
   */
  check(results: CampaignResults): void {
    this.commands();
    let cost = 0;
    for (const { submission, runs, score, state } of results.submissions) {
      const records = this.chain(submission);
      const recorded = records.flatMap((record) => record.runs);
      assert.deepEqual(runs, recorded, `${submission}: results and ledger differ`);
      assert.deepEqual(
        recorded.map(({ n }) => n),
        recorded.map((_, index) => index + 1),
        `${submission}: its runs are not numbered on`,
      );
      const jobs = recorded.flatMap(({ jobId }) => jobId ?? []);
      assert.equal(new Set(jobs).size, jobs.length, `${submission}: one job counts twice`);
      cost += recorded.reduce((sum, run) => sum + run.costMicroUsd, 0);
      for (const record of records) this.checkScore(record);
      if (state !== 'finished') continue;
      const scored = records.findLast((record) => record.state === 'finished');
      assert.ok(scored?.score, `${submission} finished without a score`);
      const { result } = read(join(this.bucket('results'), scored.score.key)) as ScoreFile;
      assert.ok(result.kind === 'scored' && result.score === score, `${submission}: the results have another score`);
    }
    for (const canary of results.canaries ?? []) {
      const file = join(this.results, 'canaries', canary.class, `${canary.n}.json`);
      const { evidence, ...recorded } = read(file) as CanaryRecord;
      assert.ok(evidence, `${file} names the objects of its run`);
      assert.deepEqual(recorded, { version: 1, campaign: results.campaign, ...canary });
      cost += canary.costMicroUsd;
    }
    assert.equal(results.costMicroUsd, cost);
  }

  private checkScore({ score, submission, sequence }: LedgerRecord): void {
    if (score === null) return;
    const file = join(this.bucket('results'), score.key);
    assert.equal(digestOf(file), score.digest, `${submission}, round ${sequence}: the score was changed`);
    const { runKey, result } = read(file) as ScoreFile;
    if (result.kind !== 'scored') return;
    assert.ok(Math.abs(result.score - this.logLoss(runKey)) < 1e-9, `${runKey} was not scored by its predictions`);
  }

  private logLoss(runKey: string): number {
    const { labels } = read(join(this.results, 'campaign.json')) as { labels: { key: string } };
    const truth = new Map(rowsOf(readFileSync(join(this.bucket('labels'), labels.key), 'utf8')));
    const sealed = readFileSync(join(this.bucket('runs'), runKey, 'predictions.csv'));
    const losses = rowsOf(openedBySpecification(sealed, this.identity).toString()).map(
      ([id, value]) => -Math.log(truth.get(id) === '1' ? Number(value) : 1 - Number(value)),
    );
    assert.equal(losses.length, truth.size);
    return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  }

  private linked<Link extends { predecessor: string | null; sequence: number }>(folder: string): Link[] {
    if (!existsSync(folder)) return [];
    const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
    return files.map((_, index) => {
      const link = read(join(folder, `${index + 1}.json`)) as Link;
      assert.equal(link.sequence, index + 1);
      const before = index === 0 ? null : digestOf(join(folder, `${index}.json`));
      assert.equal(link.predecessor, before, `${folder}: ${index + 1} does not follow what is before it`);
      return link;
    });
  }

  private get identity(): string {
    return (
      /^AGE-SECRET-KEY-.*$/m.exec(readFileSync(join(this.home, 'seal-keys', `${this.campaign}.txt`), 'utf8'))?.[0] ?? ''
    );
  }

  private get results(): string {
    return join(this.bucket('results'), this.campaign);
  }

  private bucket(name: string): string {
    return join(this.home, 's3', `holdout-${name}`);
  }
}

const rowsOf = (text: string): [id: string, value: string][] =>
  text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',') as [string, string]);
