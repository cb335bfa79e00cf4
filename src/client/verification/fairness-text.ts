import type { Fairness } from '../../ledger/verification/fairness/fairness.ts';
import { counted } from '../../safe-text.ts';

/** What a host needs to judge whether the teams had the order that the rules promise, and what speaks against it. */
export function fairnessLines(fairness: Fairness): string[] {
  const { teams, swappedShare, latestByPlaces, latest, atATime, steered } = fairness;
  const late = latest
    ? `, ${latest.team}, which was number ${latest.published} and started as number ${latest.started}`
    : '';
  const against = whatSpeaksAgainst(fairness);
  return [
    `first starts of ${counted(teams, 'team')}: ${percent(swappedShare)} of all pairs started in the reverse ` +
      `of the published order (50 % in a random one), the latest team ${counted(latestByPlaces, 'place')} after its own${late}`,
    ...(against.length === 0
      ? [`order as the rules promise, but for the ${counted(atATime, 'submission')} that prepare at a time`]
      : against.map((what) => `order not as the rules promise: ${what}`)),
    ...(steered === 0
      ? []
      : [
          `order not compared of ${counted(steered, 'team')} that operators paused, resumed, reprioritised or added later; ` +
            'the commands are in the record',
        ]),
  ];
}

function whatSpeaksAgainst(fairness: Fairness): string[] {
  const { atATime, farPairs, farSwapped, starts, outOfTurn, workLists, otherLists } = fairness;
  const unless = 'unless their images or their machines took that much longer to be ready';
  return [
    ...(otherLists === 0
      ? []
      : [
          `${otherLists} of ${counted(workLists, 'work list')} ${otherLists === 1 ? 'has' : 'have'} the teams in another order`,
        ]),
    ...(farSwapped === 0
      ? []
      : [
          `${farSwapped} of ${counted(farPairs, 'pair')} of teams on one class at least ${counted(atATime, 'place')} apart ` +
            `started in reverse (${percent(farSwapped / farPairs)}), ${unless}`,
        ]),
    ...(outOfTurn === 0
      ? []
      : [
          `${outOfTurn} of ${counted(starts, 'start')} came while another team had had fewer for its weight ` +
            `(${percent(outOfTurn / starts)}), ${unless}`,
        ]),
  ];
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
