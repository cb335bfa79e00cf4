import { markdownCode, markdownText } from '../../escaping/markdown.ts';
import { bottomPadding, usd } from './web-ui.ts';
import type { CampaignProgress } from '../operators/progress.ts';
import { instantText } from '../model/units.ts';

/** A campaign's current details in the Web UI, in Markdown. They stay there after its end. */
export function campaignDetails(progress: CampaignProgress): string {
  const { campaign, counts, money, classes, holds, hurry, deadline, stuck, operatorsLog } = progress;
  const stages = Object.entries(counts).filter(([, count]) => count > 0);
  return [
    `**${campaign}** ${stateOf(progress)}${hurry ? ', **deadline at risk**' : ''}`,
    '',
    stages.map(([stage, count]) => `${count} ${stage}`).join(', '),
    '',
    ...holds.map(
      (blocker) =>
        `- ${blocker.hold}${'class' in blocker ? ` on ${markdownText(blocker.class)}` : ''}${'cause' in blocker ? `: ${markdownCode(blocker.cause)}` : ''}`,
    ),
    ...canaryLines(progress),
    ...stuck
      .slice(0, 5)
      .map(
        (one) => `- ${markdownText(one.shownAs ?? one.submission)} is stuck in ${one.what}: ${markdownCode(one.cause)}`,
      ),
    '',
    `Spent ${usd(money.spent)}, reserved ${usd(money.reserved)} of ${usd(money.budget)}; deadline ${instantText(Date.parse(deadline))}`,
    '',
    ...forecastLines(progress),
    '| class | running | slots | waiting | spent |',
    '| --- | --- | --- | --- | --- |',
    ...Object.entries(classes).map(
      ([name, row]) => `| ${markdownText(name)} | ${row.running} | ${row.slots} | ${row.waiting} | ${usd(row.spent)} |`,
    ),
    '',
    ...operatorsLog
      .slice(-5)
      .map(
        ({ at, by, act, shown, refused }) =>
          `- ${at} ${markdownText(by)}: ${markdownCode(shown ?? act)}${refused ? ` refused: ${markdownText(refused)}` : ''}`,
      ),
    ...bottomPadding,
  ].join('\n');
}

const canaryLines = ({ classes }: CampaignProgress): string[] =>
  Object.entries(classes).flatMap(([name, { canary }]) =>
    canary
      ? [
          `- ${markdownText(name)} waits for its canary ${canary.n} since ${instantText(canary.since)}${canary.stuck ? `: ${markdownCode(canary.stuck.cause)}` : ''}`,
        ]
      : [],
  );

function forecastLines(progress: CampaignProgress): string[] {
  const { forecast } = progress;
  if (forecast === null || hasEnded(progress)) return [];
  return [
    `Forecast: finishes ${instantText(forecast.finish.p50)} (P90 ${instantText(forecast.finish.p90)}), ` +
      `${usd(forecast.spend.p50)} in total (P90 ${usd(forecast.spend.p90)})`,
    ...forecast.remedies.map((remedy) => `- ${markdownCode(remedy)} would meet deadline and budget`),
    '',
  ];
}

function stateOf(progress: CampaignProgress): string {
  const { closing, hold } = progress;
  if (hasEnded(progress)) return 'has ended';
  if (closing !== null) return `is closing: ${closing}`;
  return hold === null ? 'is running' : `is blocked: ${hold}`;
}

const hasEnded = ({ counts }: CampaignProgress): boolean =>
  counts.queued + counts.preparing + counts.waiting + counts.running + counts.scoring === 0;
