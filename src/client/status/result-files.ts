import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResultsView } from './results.ts';

/** Writes results as files into `<home>/results/<campaign>/` and returns that folder. */
export async function keepResultFiles(home: string, { results, leaderboard, text }: ResultsView): Promise<string> {
  const folder = join(home, 'results', results.campaign);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const mode = 0o600;
  await writeFile(join(folder, 'leaderboard.csv'), leaderboard, { mode });
  await writeFile(join(folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`, { mode });
  await writeFile(join(folder, 'report.txt'), `${text()}\n`, { mode });
  return folder;
}
