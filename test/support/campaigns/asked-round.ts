import { resultObjects } from '../../../src/object-keys.ts';
import { sha256 } from '../../../src/sha256.ts';

/** Writes the command that asks for another round, and the added rounds; returns the act's sha256. `acts`: of those before. */
export function writeAskedRound(
  campaign: string,
  { submission, sequence }: { submission: string; sequence: number },
  acts: readonly string[],
  write: (key: string, body: string) => string,
): string {
  const round = { submission, sequence, kind: 'evaluate', team: submission, teamName: 'Team' };
  const added = `${JSON.stringify({ version: 1, rounds: [round], submissions: [] })}\n`;
  const rounds = resultObjects.added(campaign, sha256(added));
  write(rounds, added);
  const act = {
    version: 1,
    sequence: acts.length + 1,
    predecessor: acts.at(-1) ?? null,
    at: '2026-01-01T00:00:00.000Z',
    act: 'retry',
    by: 'operator',
    message: { name: 'retry', message: { rounds, count: 1 } },
  };
  return write(resultObjects.act(campaign, act.sequence), `${JSON.stringify(act, null, 2)}\n`);
}
