/** Prints what is wrong with the settings, one line each, and ends with status 2; nothing and 0 if they are right. */
import { readSettings } from './src/settings/read-settings.ts';

const read = await readSettings();
if (read.kind === 'faulty') {
  process.stderr.write(read.text);
  process.exitCode = 2;
}
