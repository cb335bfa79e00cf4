import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import type { FrozenCampaign, Manifest, Submission } from '../../src/campaign/model/frozen-campaign.ts';
import type { RunRecord } from '../../src/campaign/model/messages.ts';
import type { AddedRounds, RoundKind } from '../../src/campaign/model/work-list.ts';
import type { RecordedCommand } from '../../src/ledger/command-log.ts';
import { appendRecord } from '../../src/ledger/ledger.ts';
import type { LedgerRecord } from '../../src/ledger/record.ts';
import { openS3Client } from '../../src/s3/s3-client.ts';
import { ObjectStore } from '../../src/s3/object-store.ts';
import { frozenCampaign } from '../support/campaigns/frozen-campaign.ts';
import { startS3Server, type S3Server } from '../support/servers/s3-server.ts';
import { sha256 } from '../../src/sha256.ts';
import { resultObjects } from '../../src/object-keys.ts';

/** Writes test data into the results bucket. */
export class ResultsBucket {
  constructor(
    readonly store: ObjectStore,
    readonly bucket: string,
  ) {}

  /** Freezes a campaign whose teams have these submissions. */
  freeze(
    campaign: string,
    teams: Record<string, string[]>,
    changes: Partial<FrozenCampaign> = {},
  ): Promise<FrozenCampaign> {
    return this.freezeRows(campaign, manifestOf(teams), changes);
  }

  /** The same with the submissions' rows. */
  async freezeRows(
    campaign: string,
    submissions: Manifest,
    changes: Partial<FrozenCampaign> = {},
  ): Promise<FrozenCampaign> {
    const body = JSON.stringify(submissions);
    const manifest = { ...frozenCampaign().manifest, key: resultObjects.manifest(campaign), digest: sha256(body) };
    const frozen = { ...frozenCampaign(), ...changes, campaign, manifest };
    await this.store.write(this.bucket, resultObjects.campaign(campaign), JSON.stringify(frozen));
    await this.store.write(this.bucket, resultObjects.manifest(campaign), body);
    return frozen;
  }

  /** Appends a record to the chain of its submission. */
  async append(record: LedgerRecord): Promise<void> {
    const { campaign, submission, sequence } = record;
    const before = await this.store.find(this.bucket, resultObjects.ledger(campaign, submission, sequence - 1));
    await appendRecord(this, { ...record, predecessor: before === undefined ? null : sha256(before) });
  }

  /** Adds rounds and returns their key. */
  async add(campaign: string, added: Omit<AddedRounds, 'version'>): Promise<string> {
    const body = JSON.stringify({ version: 1, ...added });
    const key = resultObjects.added(campaign, sha256(body));
    await this.store.write(this.bucket, key, body);
    return key;
  }
}

/** A real S3 server, with the environment of the process pointing to it until {@link stop}. */
export class StoreRig extends ResultsBucket {
  private constructor(
    private readonly s3: S3Server,
    private readonly ambient: NodeJS.ProcessEnv,
  ) {
    super(new ObjectStore({ s3PathStyle: true }), s3.buckets.results);
  }

  static async start(): Promise<StoreRig> {
    const s3 = await startS3Server();
    const ambient = process.env;
    process.env = { ...ambient, ...s3.environment };
    return new StoreRig(s3, ambient);
  }

  /** Removes an object of the results bucket, which the product never does. */
  async remove(Key: string): Promise<void> {
    const client = openS3Client({ s3PathStyle: true });
    await client.send(new DeleteObjectCommand({ Bucket: this.bucket, Key }));
    client.destroy();
  }

  async stop(): Promise<void> {
    process.env = this.ambient;
    await this.s3.stop();
  }
}

export const submissionOf = (team: string, submission: string): Submission => ({
  submission,
  team,
  teamName: `Team ${team}`,
  submittedAt: '2026-01-01T00:00:00.000Z',
  image: { kind: 'registry', reference: `docker://images/${submission}` },
});

const manifestOf = (teams: Record<string, string[]>): Manifest => ({
  version: 1,
  teams: Object.entries(teams).map(([team, submissions]) => ({
    team,
    teamName: `Team ${team}`,
    submissions: submissions.map((submission) => submissionOf(team, submission)),
  })),
});

export const record = (campaign: string, submission: string, rest: Partial<LedgerRecord> = {}): LedgerRecord => ({
  version: 1,
  campaign,
  submission,
  team: 'one',
  sequence: 1,
  predecessor: null,
  state: 'finished',
  reason: null,
  detail: null,
  runs: [],
  score: null,
  image: null,
  ...rest,
});

export const run = (n: number, rest: Partial<RunRecord> = {}): RunRecord => ({
  n,
  purpose: 'evaluation',
  class: 'g4',
  jobId: `job-${n}`,
  reason: null,
  billedSeconds: 10,
  costMicroUsd: 100,
  ...rest,
});

/** An accepted command. */
export const acceptedCommand = (message: RecordedCommand['message']): RecordedCommand => ({
  at: '2026-01-01T00:00:00.000Z',
  act: message?.name ?? 'pauseTeam',
  by: 'ann',
  message,
});

/** A round that an operator adds. */
export const roundOf = (
  team: string,
  submission: string,
  sequence = 1,
  kind: RoundKind = 'evaluate',
): AddedRounds['rounds'][number] => ({ submission, sequence, kind, team, teamName: `Team ${team}` });
