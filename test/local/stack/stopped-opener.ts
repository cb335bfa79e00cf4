/** Opens a stack and closes it at a signal, like the command line: `stopped-opener.ts HOME PROGRAMS`. */
import { closeOnSignal } from '../../../src/client/close-on-signal.ts';
import { terminal } from '../../../src/client/output.ts';
import { openStack } from '../../../src/local/stack/open-stack.ts';
import { StopSignals } from '../../../src/local/stack/stop-signals.ts';

const [home = '', programs = ''] = process.argv.slice(2);
const signals = new StopSignals();
const stack = await openStack({
  home,
  programs,
  queues: [{ name: 'q', slots: 1 }],
  ports: { temporal: 0, ui: 0, s3: 0, batch: 0 },
  report: terminal.say,
  signals,
});
closeOnSignal(stack, signals, terminal);
terminal.say('up');
setInterval(() => undefined, 1000);
