import type { Pseudonym, Submission } from '../model/frozen-campaign.ts';

/** The letters and digits of a team, which nobody can derive or recognise without the secret; the next ones for each `attempt`. */
export type CodeOf = (team: string, attempt: number) => string;

type Named = Pick<Submission, 'submission' | 'team' | 'pseudonym'>;

/**
 * Gives each row a pseudonym. A team of `before` keeps its pseudonym, and its new submissions get the next numbers. A code that
 * another team has, or that is a real name, is replaced by the team's next one.
 */
export function assignPseudonyms<Row extends Named>(
  rows: readonly Row[],
  before: readonly Named[],
  codeOf: CodeOf,
): (Row & { pseudonym: Pseudonym })[] {
  const teams = new Map(before.flatMap(({ team, pseudonym }) => (pseudonym ? [[team, pseudonym.team]] : [])));
  const taken = new Set([...teams.values(), ...namesIn(before), ...namesIn(rows)]);
  const numbers = new Map<string, number>();
  for (const { team } of before) numbers.set(team, (numbers.get(team) ?? 0) + 1);
  return rows.map((row) => {
    const pseudonym = teams.get(row.team) ?? freeName(row.team, taken, codeOf);
    teams.set(row.team, pseudonym);
    taken.add(pseudonym);
    const number = (numbers.get(row.team) ?? 0) + 1;
    numbers.set(row.team, number);
    return { ...row, pseudonym: { team: pseudonym, submission: `${pseudonym}/${number}` } };
  });
}

function freeName(team: string, taken: ReadonlySet<string>, codeOf: CodeOf): string {
  for (let attempt = 0; ; attempt += 1) {
    const name = `team-${codeOf(team, attempt)}`;
    if (!taken.has(name)) return name;
  }
}

const namesIn = (rows: readonly Named[]): string[] => rows.flatMap(({ team, submission }) => [team, submission]);
