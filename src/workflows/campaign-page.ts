import { setCurrentDetails } from '@temporalio/workflow';
import { usd } from '../campaign/markdown.ts';
import type { CampaignProgress } from '../campaign/progress.ts';
import { instantText } from '../campaign/units.ts';

/** Shows a campaign on its page in the Web UI. */
export function showCampaign(progress: CampaignProgress): void {
  const { campaign, counts, money, classes, hold, holds, hurry, forecast, deadline, stuck, operatorsLog } = progress;
  const stages = Object.entries(counts).filter(([, count]) => count > 0);
  setCurrentDetails(
    [
      `${hold === null ? `**${campaign}** is running` : `**${campaign}** holds: ${hold}`}${hurry ? ', **in a hurry**' : ''}`,
      '',
      stages.map(([stage, count]) => `${count} ${stage}`).join(', '),
      '',
      ...holds.map(
        (held) =>
          `- ${held.hold}${'class' in held ? ` on ${held.class}` : ''}${'cause' in held ? `: \`${plain(held.cause)}\`` : ''}`,
      ),
      ...stuck.slice(0, 5).map((one) => `- ${one.submission} is stuck at ${one.what}: \`${plain(one.cause)}\``),
      '',
      `Spent ${usd(money.spent)}, reserved ${usd(money.reserved)} of ${usd(money.budget)}; deadline ${instantText(Date.parse(deadline))}`,
      '',
      ...(forecast === null
        ? []
        : [
            `Forecast: ends ${instantText(forecast.finish.p50)} (P90 ${instantText(forecast.finish.p90)}), ` +
              `${usd(forecast.spend.p50)} in all (P90 ${usd(forecast.spend.p90)})`,
            ...forecast.remedies.map((remedy) => `- \`${remedy}\` would fix it`),
            '',
          ]),
      '| class | running | slots | waiting | spent |',
      '| --- | --- | --- | --- | --- |',
      ...Object.entries(classes).map(
        ([name, row]) => `| ${name} | ${row.running} | ${row.slots} | ${row.waiting} | ${usd(row.spent)} |`,
      ),
      '',
      ...operatorsLog
        .slice(-5)
        .map(({ at, by, act, refused }) => `- ${at} ${by}: \`${act}\`${refused ? ` refused: ${refused}` : ''}`),
    ].join('\n'),
  );
}

const plain = (text: string): string => text.replaceAll('`', "'");
