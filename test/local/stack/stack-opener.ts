/** Opens a stack like the command line and waits to be killed: `stack-opener.ts HOME PROGRAMS`. */
import { openStack } from '../../../src/local/stack/open-stack.ts';

const [home = '', programs = ''] = process.argv.slice(2);
const stack = await openStack({
  home,
  programs,
  queues: [{ name: 'q', slots: 1 }],
  ports: { temporal: 0, ui: 0, s3: 0, batch: 0 },
  report: (line) => process.stderr.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify(stack.endpoints)}\n`);
setInterval(() => undefined, 1000);
