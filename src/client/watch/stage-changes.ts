import { searchAttributes } from '../../workflows/search-attributes.ts';
import type { NamesNow } from '../pseudonyms/names-of-campaign.ts';
import type { Access } from '../access.ts';
import { stageIn, stageText } from '../status/running-submissions.ts';

/** Larger campaigns are followed by their counts alone. */
const maxFollowed = 60;

/** Prints a line for every submission whose stage has changed since the last call. */
export class StageChanges {
  private readonly seen = new Map<string, string>();

  constructor(
    private readonly access: Access,
    private readonly campaign: string,
    private readonly print: (line: string) => void,
    private readonly namesNow: NamesNow,
  ) {}

  /** `submissions`: how many the campaign has. */
  async say(submissions: number): Promise<void> {
    if (submissions <= maxFollowed) await this.sayChanges();
  }

  private async sayChanges(): Promise<void> {
    const query = `HoldoutCampaign = "${this.campaign}" AND WorkflowType = "submission"`;
    const newest = new Set<string>();
    const names = await this.namesNow();
    for await (const { workflowId, typedSearchAttributes } of this.access.temporal.workflow.list({ query })) {
      // The list begins with the newest execution of an id; older ones do not count.
      if (newest.has(workflowId)) continue;
      newest.add(workflowId);
      const now = stageIn(typedSearchAttributes);
      const outcome = typedSearchAttributes.get(searchAttributes.outcome);
      const text = `${stageText(now)}${outcome && outcome !== now.stage ? ` (${outcome})` : ''}`;
      if (this.seen.get(workflowId) === text) continue;
      this.seen.set(workflowId, text);
      this.print(`  ${names.submission(workflowId.split(':').at(-1) ?? '').padEnd(24)} ${text}`);
    }
  }

  /** The stages at the end of a campaign whose submissions were followed. */
  async sayLast(): Promise<void> {
    if (this.seen.size > 0) await this.sayChanges();
  }
}
