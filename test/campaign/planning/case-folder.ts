import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../src/local/project-root.ts';
import { teamsOfTheCase } from '../../support/campaigns/simulated-campaign.ts';

/** Writes the competition's campaign file with its 4,200 rows; returns the file's path. */
export function writeCaseFolder(folder: string): string {
  const rows = teamsOfTheCase(4_200).flatMap((count, team) =>
    Array.from(
      { length: count },
      (_, n) => `t${team},Team ${team},s${team}-${n},s3://case/${team}-${n}.tar,2020-03-31`,
    ),
  );
  writeFileSync(join(folder, 'submissions.csv'), `team,teamName,submission,image,submittedAt\n${rows.join('\n')}\n`);
  const file = join(folder, 'campaign.yaml');
  cpSync(join(projectRoot(), 'test', 'fixtures', 'case', 'campaign.yaml'), file);
  return file;
}
