import { dollars } from '../../campaign/model/money.ts';
import { instantText } from '../../campaign/model/units.ts';
import type { Forecast } from '../../campaign/forecasting/forecast.ts';
import { table } from '../table.ts';
import { list } from './titled-list.ts';

/** What `status` says of the forecast: finish and cost, what will be missed, and the fixes. */
export function forecastBlocks(
  campaign: string,
  forecast: Forecast | null,
  { deadline, budget }: { deadline: string; budget: number },
): string[] {
  if (forecast === null) return ['forecast: not enough runs have ended yet'];
  const { finish, spend, remedies } = forecast;
  const misses = [
    missText('the deadline', finish, Date.parse(deadline)),
    missText('the budget', spend, budget),
  ].flatMap((miss) => miss ?? []);
  return [
    table(
      ['forecast', 'P10', 'P50', 'P90'],
      [
        ['finish', instantText(finish.p10), instantText(finish.p50), instantText(finish.p90)],
        ['spend', dollars(spend.p10), dollars(spend.p50), dollars(spend.p90)],
      ],
    ),
    ...list('at the current pace', misses),
    ...list(
      'fixes, cheapest first',
      remedies.map((remedy) => commandText(campaign, remedy)),
    ),
  ];
}

function missText(limit: string, { p50, p90 }: Forecast['finish'], most: number): string | undefined {
  if (p50 > most) return `${limit} is more likely missed than met`;
  return p90 > most ? `${limit} is missed in more than 1 of 10 cases` : undefined;
}

/** A fix begins with its command; on the command line the campaign follows it. */
const commandText = (campaign: string, remedy: string): string =>
  `npm run holdout -- ${remedy.replace(/^(\S+)/, `$1 ${campaign}`)}`;
