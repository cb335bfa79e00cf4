/** `tsx examples/spliced-clips/write.ts FOLDER`: builds the example, progress on stderr, the campaign file's path on stdout. */
import { HoldoutError, messageOf } from '../../src/errors.ts';
import { buildExample } from './build.ts';

const [folder = '.holdout/examples/spliced-clips'] = process.argv.slice(2);
const say = (line: string): void => void process.stderr.write(`${line}\n`);

try {
  process.stdout.write(`${await buildExample(folder, say)}\n`);
} catch (error) {
  say(messageOf(error));
  if (error instanceof HoldoutError) say(error.next);
  process.exitCode = 1;
}
