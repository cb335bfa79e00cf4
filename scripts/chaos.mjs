// `npm run chaos -- --seed S --minutes M [--write]`: campaigns under random faults, see docs/verification/chaos.md.
// `npm run chaos -- --pairs`: a campaign whose worker dies at every pair of neighbouring crash points, see
// docs/verification/crash-points.md. The last line says `N passed, N failed`.
import { parseArgs } from 'node:util';
import { runGroups } from './testing/mocha-groups.mjs';
import { pythonTools } from './testing/python-tools.mjs';
import { buildAndInstall, inScratch, prepare } from './testing/tools.mjs';

const usage = `usage: npm run chaos -- --seed NUMBER --minutes NUMBER [--submissions NUMBER] [--write]
       npm run chaos -- --pairs
`;

/** The test file of this command line; sets what it reads. */
function testFile() {
  const number = { type: /** @type {const} */ ('string') };
  const flag = { type: /** @type {const} */ ('boolean') };
  const options = { seed: number, minutes: number, submissions: number, write: flag, pairs: flag };
  const { values } = parseArgs({ options });
  const { seed, minutes, submissions = '250', write, pairs } = values;
  if (pairs && Object.keys(values).length === 1) return 'test/chaos/crash-pairs.test.ts';
  const numbers = { CHAOS_SEED: seed, CHAOS_MINUTES: minutes, CHAOS_SUBMISSIONS: submissions };
  for (const [name, value] of Object.entries(numbers)) {
    if (value === undefined || !/^[1-9]\d{0,5}$/.test(value)) throw new Error('not a whole number above 0');
    process.env[name] = value;
  }
  if (write) process.env['CHAOS_WRITE'] = '1';
  return 'test/chaos/random-faults.test.ts';
}

let file = '';
try {
  file = testFile();
} catch {
  process.stderr.write(usage);
  process.exit(2);
}
prepare();
await inScratch(async (scratch) => {
  await buildAndInstall(scratch);
  const tools = pythonTools();
  if (tools.kind === 'missing') process.stderr.write(`holdout: microburst cannot be had: ${tools.reason}\n`);
  process.exitCode = await runGroups([[file]], scratch);
});
