/**
 * Says which settings apply, in one line with status 0; or what is wrong with them, one line each, with status 2. The clone's own
 * prefix is for `synth` alone: whoever deploys has a file of their own, which a new shell may have forgotten.
 */
import { settings as example } from './settings.ts';
import { readSettings, settingsFile } from './src/settings/read-settings.ts';

const read = await readSettings();
if (read.kind === 'faulty') {
  process.stderr.write(read.text);
  process.exitCode = 2;
} else if (process.argv[2] !== 'synth' && read.settings.prefix === example.prefix) {
  process.stderr.write(
    `${settingsFile}: the prefix ${example.prefix} is that of the example\n` +
      '→ Set HOLDOUT_INFRA_SETTINGS to your own file of settings (docs/aws.md); nothing was deployed or removed.\n',
  );
  process.exitCode = 2;
} else {
  process.stderr.write(`${settingsFile}: prefix ${read.settings.prefix}\n`);
}
