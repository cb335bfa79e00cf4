import type { Names } from '../../campaign/pseudonyms/names.ts';

interface Shown {
  /** What the Web UI shows of the subject while names are hidden. */
  shownAs?: string;
}

const shownAs = (subject: string, { isHidden }: Names): Shown => (isHidden ? { shownAs: subject } : {});

/** The subject of a message about a team, which is named by its id or its pseudonym. */
export const teamSubject = (given: string, names: Names): { team: string } & Shown => {
  const team = names.realTeam(given);
  return { team, ...shownAs(`team=${names.team(team)}`, names) };
};

/** The subject of a message about chosen submissions. */
export function choiceSubject(
  choice: { team?: string; submission?: readonly string[] },
  names: Names,
): { team?: string; submissions?: string[] } & Shown {
  const team: { team?: string } & Shown = choice.team === undefined ? {} : teamSubject(choice.team, names);
  if (choice.submission === undefined) return team;
  const submissions = choice.submission.map((given) => names.realSubmission(given));
  const list = `submissions=${submissions.map((one) => names.submission(one)).join(',')}`;
  return { ...team, submissions, ...shownAs([team.shownAs ?? [], list].flat().join(' '), names) };
}

/** A team that an operator named, as it is shown. An unknown one is refused before. */
export const shownTeam = (given: string, names: Names): string => names.team(names.realTeam(given));
