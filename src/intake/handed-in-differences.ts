import type { FrozenCampaign, InputIndex, InputSet, Submission } from '../campaign/model/frozen-campaign.ts';
import { firstFew, quoted } from '../safe-text.ts';

/** A difference in words, in place of all lines about the field. */
interface Explained {
  field: string;
  text: string;
}

/**
 * Explains differences of files that were handed in, whose digests tell nobody anything: which bytes differ, and where those are
 * that the campaign works with. Keeps all other lines.
 */
export const inWords = (differing: readonly string[], explained: readonly Explained[]): string[] => [
  ...differing.filter((line) => !explained.some(({ field }) => line.startsWith(`${field}.`))),
  ...explained.map(({ text }) => text),
];

/** How the bytes of the labels differ. */
export const labelsInWords = (was: FrozenCampaign['labels'], now: FrozenCampaign['labels']): Explained[] =>
  was.digest === now.digest
    ? []
    : [
        {
          field: 'labels',
          text: `inputs.labels: the file has other bytes than s3://${was.bucket}/${was.key}, the campaign’s`,
        },
      ];

/** How the inputs of two sets differ. */
export function inputsInWords(
  field: 'testSet' | 'sampleSet',
  { files: { bucket, prefix } }: InputSet,
  [before, after]: readonly [InputIndex, InputIndex],
): Explained[] {
  const known = new Map(before.files.map(({ name, sha256 }) => [name, sha256]));
  const found = new Map(after.files.map(({ name, sha256 }) => [name, sha256]));
  const changed = [...found].filter(([name, sha256]) => known.has(name) && known.get(name) !== sha256);
  const parts = [
    ...namesOf('with other bytes', changed),
    ...namesOf(
      'gone',
      [...known].filter(([name]) => !found.has(name)),
    ),
    ...namesOf(
      'added',
      [...found].filter(([name]) => !known.has(name)),
    ),
  ];
  return [{ field, text: `inputs.${field}: ${parts.join('; ')}; the campaign’s are below s3://${bucket}/${prefix}` }];
}

const namesOf = (what: string, files: readonly [name: string, sha256: string][]): string[] =>
  files.length === 0 ? [] : [`${firstFew(files.map(([name]) => quoted(name)))} ${what}`];

/** The archives that have other bytes. */
export function archivesInWords(
  before: Readonly<Record<string, Submission>>,
  now: Readonly<Record<string, Submission>>,
): Explained[] {
  return Object.values(before).flatMap(({ submission, image: was }) => {
    const image = now[submission]?.image;
    if (was.kind !== 'archive' || image?.kind !== 'archive' || was.sha256 === image.sha256) return [];
    const text = `${submission}: the archive has other bytes than s3://${was.bucket}/${was.key}, the campaign’s`;
    return [{ field: `submissions.${submission}.image`, text }];
  });
}
