import { setCurrentDetails } from '@temporalio/workflow';
import type { CampaignState } from '../campaign/campaign-state.ts';
import { dollars } from '../campaign/money.ts';
import { progressOf } from '../campaign/progress.ts';

/** What a campaign's page in the Web UI shows. */
export class CampaignPage {
  constructor(
    private readonly name: string,
    private readonly state: CampaignState,
  ) {}

  show(): void {
    const { counts, money, classes, hold, deadline, operatorsLog } = progressOf(this.name, this.state, Date.now());
    const stages = Object.entries(counts).filter(([, count]) => count > 0);
    setCurrentDetails(
      [
        hold === null ? `**${this.name}** is running` : `**${this.name}** holds: ${hold}`,
        '',
        stages.map(([stage, count]) => `${count} ${stage}`).join(', '),
        '',
        `Spent ${dollars(money.spent)}, reserved ${dollars(money.reserved)} of ${dollars(money.budget)}; deadline ${deadline}`,
        '',
        '| class | running | slots | waiting | spent |',
        '| --- | --- | --- | --- | --- |',
        ...Object.entries(classes).map(
          ([name, row]) => `| ${name} | ${row.running} | ${row.slots} | ${row.waiting} | ${dollars(row.spent)} |`,
        ),
        '',
        ...operatorsLog
          .slice(-5)
          .map(({ at, by, act, refused }) => `- ${at} ${by}: \`${act}\`${refused ? ` refused: ${refused}` : ''}`),
      ].join('\n'),
    );
  }
}
