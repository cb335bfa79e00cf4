import type { Submission } from '../model/frozen-campaign.ts';

/** Letters of a word that is unlikely to be in an id by chance. */
const longWord = 4;

/** How many submissions have an id, their own or their team's, in which the team's name or a long word of it stands. */
export const tellingIds = (rows: readonly Pick<Submission, 'submission' | 'team' | 'teamName'>[]): number =>
  rows.filter(({ submission, team, teamName }) => {
    const ids = [submission, team].map(compared);
    const words = [...(teamName.match(/[\p{L}\p{N}]+/gu) ?? []), teamName].map(compared);
    return words.some((word) => word !== 'team' && word.length >= longWord && ids.some((id) => id.includes(word)));
  }).length;

/** Without case, accents and everything but letters and digits. */
const compared = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
