import type { FrozenCampaign, Manifest, Submission } from '../campaign/model/frozen-campaign.ts';
import { workByTeam, type AddedRounds, type WorkList, type WorkOfTeam } from '../campaign/model/work-list.ts';
import type { Bucket } from '../s3/object-store.ts';
import { holdoutError } from '../errors.ts';
import { resultObjects } from '../object-keys.ts';
import { sha256 } from '../sha256.ts';
import { parsedObject, readByDigest, readPinned } from './read-pinned.ts';

/** The frozen submissions. Throws RECORD_CHANGED. */
export const manifestOf = (
  results: Bucket,
  { campaign, manifest }: Pick<FrozenCampaign, 'campaign' | 'manifest'>,
): Promise<Manifest> =>
  readPinned<Manifest>(results, resultObjects.manifest(campaign), manifest.digest, 'campaign.json');

/** The parts of a campaign that were read already. */
interface KnownParts {
  frozen?: FrozenCampaign;
  manifest?: Manifest;
}

/** Reads the parts of a campaign that never change, once per process. Throws CAMPAIGN_NEWER. */
export class FrozenReader {
  private readonly campaigns = new Map<string, Promise<{ frozen: FrozenCampaign; digest: string }>>();
  private readonly manifests = new Map<string, Promise<Manifest>>();
  private readonly rows = new Map<string, Promise<Map<string, Submission>>>();
  private readonly parts = new Map<string, KnownParts>();
  /** Only the newest: a campaign's work lists grow, and the shorter ones are not needed again. */
  private readonly works = new Map<string, { keys: string; work: Promise<WorkOfTeam[]> }>();

  constructor(private readonly results: Bucket) {}

  async campaign(campaign: string): Promise<FrozenCampaign> {
    return (await this.read(campaign)).frozen;
  }

  /** What was read of a campaign so far, for who cannot wait. */
  known(campaign: string): KnownParts {
    return this.parts.get(campaign) ?? {};
  }

  /** The campaigns of which something was read. */
  knownCampaigns(): string[] {
    return [...this.parts.keys()];
  }

  /** sha256 (hex) of campaign.json. */
  async digest(campaign: string): Promise<string> {
    return (await this.read(campaign)).digest;
  }

  /** The frozen submissions and those that operators added later, whether accepted or not. */
  manifest(campaign: string): Promise<Manifest> {
    return once(this.manifests, campaign, () => this.readManifest(campaign));
  }

  /** The row of a submission. Reads the manifest again if it lacks the submission, which may have been added since. */
  async submission(campaign: string, submission: string): Promise<Submission> {
    const known = (await this.rowsOf(campaign)).get(submission);
    if (known) return known;
    this.manifests.delete(campaign);
    this.rows.delete(campaign);
    const added = (await this.rowsOf(campaign)).get(submission);
    if (added) return added;
    throw new RangeError(`campaign ${campaign} has no submission ${submission}`);
  }

  /** The teams of the work lists by number, each with all its rounds. */
  work(campaign: string, workLists: readonly string[]): Promise<WorkOfTeam[]> {
    const keys = workLists.join();
    const known = this.works.get(campaign);
    if (known?.keys === keys) return known.work;
    const work = Promise.all(workLists.map((key) => readByDigest<WorkList>(this.results, key))).then(workByTeam);
    this.works.set(campaign, { keys, work });
    work.catch(() => this.works.delete(campaign));
    return work;
  }

  private rowsOf(campaign: string): Promise<Map<string, Submission>> {
    return once(this.rows, campaign, async () => {
      const { teams } = await this.manifest(campaign);
      return new Map(teams.flatMap(({ submissions }) => submissions.map((row) => [row.submission, row])));
    });
  }

  private read(campaign: string): Promise<{ frozen: FrozenCampaign; digest: string }> {
    return once(this.campaigns, campaign, async () => {
      const { store, bucket } = this.results;
      const key = resultObjects.campaign(campaign);
      const body = await store.read(bucket, key);
      const frozen = parsedObject<FrozenCampaign>(bucket, key, body);
      requireKnownVersion(campaign, frozen);
      this.parts.set(campaign, { ...this.known(campaign), frozen });
      return { frozen, digest: sha256(body) };
    });
  }

  private async readManifest(campaign: string): Promise<Manifest> {
    const manifest = await manifestOf(this.results, await this.campaign(campaign));
    const teams = new Map(manifest.teams.map((team) => [team.team, team]));
    const known = new Set(manifest.teams.flatMap(({ submissions }) => submissions.map(({ submission }) => submission)));
    for await (const key of this.results.store.list(this.results.bucket, resultObjects.addedFolder(campaign))) {
      const { submissions } = await readByDigest<AddedRounds>(this.results, key);
      for (const row of submissions) {
        if (known.has(row.submission)) continue;
        known.add(row.submission);
        const { team, teamName } = row;
        const rows = teams.get(team) ?? { team, teamName, submissions: [] };
        rows.submissions.push(row);
        teams.set(team, rows);
      }
    }
    const whole: Manifest = { version: 1, teams: [...teams.values()] };
    this.parts.set(campaign, { ...this.known(campaign), manifest: whole });
    return whole;
  }
}

/** The newest version of campaign.json that this Holdout reads. */
const newestVersion: number = 1 satisfies FrozenCampaign['version'];

/** Throws CAMPAIGN_NEWER: fields that this Holdout does not know may change what the others mean. */
function requireKnownVersion(campaign: string, { version }: { version: number }): void {
  if (version > newestVersion) throw holdoutError('CAMPAIGN_NEWER', { campaign, version, newest: newestVersion });
}

/** Reads once; forgets a failed read, so that the next call reads again. */
function once<T>(known: Map<string, Promise<T>>, campaign: string, read: () => Promise<T>): Promise<T> {
  const reading = known.get(campaign) ?? read();
  known.set(campaign, reading);
  reading.catch(() => known.get(campaign) === reading && known.delete(campaign));
  return reading;
}
