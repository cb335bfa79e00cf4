import { bottomPadding, usd } from './markdown.ts';
import type { CampaignProgress } from '../operators/progress.ts';
import { instantText } from '../model/units.ts';

/** What a campaign's page in the Web UI shows, in Markdown: the page stays as it is when the campaign ends. Pure. */
export function campaignDetails(progress: CampaignProgress): string {
  const { campaign, counts, money, classes, holds, hurry, forecast, deadline, stuck, operatorsLog } = progress;
  const stages = Object.entries(counts).filter(([, count]) => count > 0);
  return [
    `**${campaign}** ${stateOf(progress)}${hurry ? ', **in a hurry**' : ''}`,
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
    ...(forecast === null || hasEnded(progress)
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
    ...bottomPadding,
  ].join('\n');
}

function stateOf(progress: CampaignProgress): string {
  const { closing, hold } = progress;
  if (hasEnded(progress)) return 'has ended';
  if (closing !== null) return `is closing: ${closing}`;
  return hold === null ? 'is running' : `holds: ${hold}`;
}

const hasEnded = ({ counts }: CampaignProgress): boolean =>
  counts.queued + counts.preparing + counts.waiting + counts.running + counts.scoring === 0;

const plain = (text: string): string => text.replaceAll('`', "'");
