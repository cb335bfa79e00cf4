import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Writes a campaign that shows names, of some of the example's submissions and of further rows; returns its file. */
export function partOfExample(
  exampleFile: string,
  folder: string,
  chosen: string[],
  furtherRows: string[] = [],
): string {
  const example = dirname(exampleFile);
  const [header = '', ...rows] = readFileSync(join(example, 'submissions.csv'), 'utf8').trim().split('\n');
  const wanted = rows.filter((row) => chosen.includes(row.split(',')[2] ?? ''));
  const manifest = [header, ...wanted, ...furtherRows].join('\n').replaceAll('./images', join(example, 'images'));
  writeFileSync(join(folder, 'part.csv'), `${manifest}\n`);
  const file = readFileSync(exampleFile, 'utf8')
    .replace('campaign: spliced-clips', 'campaign: part')
    .replace('submissions: ./submissions.csv', 'submissions: ./part.csv\nteamNames: shown')
    .replaceAll(/: \.\/(private|public)/g, `: ${example}/$1`);
  writeFileSync(join(folder, 'part.yaml'), file);
  return join(folder, 'part.yaml');
}
