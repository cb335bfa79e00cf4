import type { Submission } from '../model/frozen-campaign.ts';
import { TextPseudonyms } from './texts.ts';

/** What names are made of. */
export type NamedSubmission = Pick<Submission, 'submission' | 'team' | 'pseudonym'> & { teamName?: string };

/** Shown for a name that was added after the names were read. */
const unknownTeam = 'team-?';

/** How a campaign's teams and submissions are shown, and which ones an operator means. */
export class Names {
  private readonly teams = new Map<string, string>();
  private readonly submissions = new Map<string, string>();
  private readonly realTeams = new Map<string, string>();
  private readonly realSubmissions = new Map<string, string>();
  private readonly texts: TextPseudonyms;

  /** `isHidden`: pseudonyms are shown. `ownWords`: see {@link NamesInTexts}. */
  constructor(
    campaign: string,
    rows: readonly NamedSubmission[],
    readonly isHidden: boolean,
    ownWords: Iterable<string> = [],
  ) {
    const ids = new Map<string, string>();
    const fullNames = new Map<string, string>();
    for (const { submission, team, teamName, pseudonym } of rows) {
      if (pseudonym === undefined) continue;
      this.teams.set(team, pseudonym.team);
      this.submissions.set(submission, pseudonym.submission);
      this.realTeams.set(pseudonym.team, team);
      this.realSubmissions.set(pseudonym.submission, submission);
      ids.set(submission, pseudonym.submission);
      if (teamName !== undefined) fullNames.set(teamName, pseudonym.team);
    }
    // Where a text names a submission that is called like a team, the team is shown.
    for (const [team, pseudonym] of this.teams) ids.set(team, pseudonym);
    this.texts = new TextPseudonyms({ campaign, ids, fullNames, ownWords: new Set([campaign, ...ownWords]) });
  }

  team(team: string): string {
    if (!this.isHidden) return team;
    return this.teams.get(team) ?? (this.realTeams.has(team) ? team : unknownTeam);
  }

  submission(submission: string): string {
    if (!this.isHidden) return submission;
    const pseudonym = this.submissions.get(submission);
    return pseudonym ?? (this.realSubmissions.has(submission) ? submission : `${unknownTeam}/?`);
  }

  /** A text that may name teams or submissions anywhere. */
  text(text: string): string {
    return this.isHidden ? this.texts.replacedIn(text) : text;
  }

  /** The pseudonym of a team, whether it is shown or not; the team itself if it has none. */
  pseudonymOfTeam(team: string): string {
    return this.teams.get(team) ?? team;
  }

  /** The pseudonym of a submission, whether it is shown or not; undefined if it has none. */
  pseudonymOf(submission: string): string | undefined {
    return this.submissions.get(submission);
  }

  /** The team that is named by its id or by its pseudonym; an unknown name as it is. */
  realTeam(given: string): string {
    return this.teams.has(given) ? given : (this.realTeams.get(given) ?? given);
  }

  /** The submission that is named by its id or by its pseudonym; an unknown name as it is. */
  realSubmission(given: string): string {
    return this.realSubmissions.get(given) ?? given;
  }
}

/** Names as they are. */
export const realNames = new Names('', [], false);
