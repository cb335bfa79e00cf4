import { controlsOf } from '../control.ts';

/** Objects and files that must be those which were checked or frozen. */
export const objectControls = [
  ...controlsOf(
    'src/activities/score-output.ts',
    ['test/activities/rounds.test.ts'],
    [['the labels of the start', 'if (sha256(labelFile) !== labels.digest) {', 'if (false) {', 'against labels']],
  ),
  ...controlsOf(
    'src/activities/pull-image.ts',
    ['test/activities/pull-image.test.ts'],
    [['the archive of the start', 'if (sha256 !== image.sha256) throw', 'if (false) throw', 'as an archive']],
  ),
  ...controlsOf(
    'src/intake/upload-labels.ts',
    ['test/intake/changed-files.test.ts'],
    [['the labels that were checked', 'checked.sha256 !== digest) {', 'false) {', 'labels change']],
  ),
  ...controlsOf(
    'src/s3/object-store.ts',
    ['test/s3/object-store.test.ts'],
    [
      [
        'files that do not change while they are uploaded',
        "if (hash.digest('hex') !== digest) throw",
        'if (false) throw',
      ],
    ],
  ),
  ...controlsOf(
    'src/s3/s3-client.ts',
    ['test/s3/object-store.test.ts'],
    [['requests to buckets of this account alone', '...(bucketOwner !== undefined && {', '...(false && {']],
  ),
];
