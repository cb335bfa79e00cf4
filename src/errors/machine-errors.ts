import { platformError, userError } from './entry.ts';

/** Errors of this machine, its tools and the embedded stack. */
export const machineErrors = {
  TYPE_UNKNOWN: userError<{ types: readonly string[]; known: readonly string[] }>(
    (d) => `Holdout does not know the instance type ${d.types.join(', ')}.`,
    (d) => `Name one of ${d.known.join(', ')}, or state what the type has in the campaign file.`,
  ),
  PRICES_UNREADABLE: userError<{ type: string; region: string; cause: string }>(
    (d) => `AWS’s Pricing API does not give the price of ${d.type} in ${d.region}: ${d.cause}`,
    'Use credentials with the right pricing:GetProducts and a network that reaches api.pricing.us-east-1.amazonaws.com.',
  ),
  SETTING_INVALID: userError<{ name: string; value: string; allowed: readonly string[] }>(
    (d) => `${d.name} is ${JSON.stringify(d.value)}.`,
    (d) => `Set it to ${d.allowed.join(', ')}, or leave it out.`,
  ),
  TOOL_MISSING: userError<{ tool: string; tried: string[]; byHand: string[] }>(
    (d) => `${d.tool} is missing and could not be obtained:\n  ${d.tried.join('\n  ')}`,
    (d) =>
      'Install Go (https://go.dev/dl/) and start again, which builds it; or put the program in place by hand:\n  ' +
      d.byHand.join('\n  '),
  ),
  PROGRAM_MISSING: userError<{ programs: string[]; command: string; failure?: string }>(
    (d) => `Missing: ${d.programs.join(', ')}.${d.failure === undefined ? '' : ` Installing failed:\n${d.failure}`}`,
    (d) => `As root: ${d.command}`,
  ),
  PLATFORM_UNSUPPORTED: userError<{ because: string }>(
    (d) => `Submissions cannot be run here: ${d.because}.`,
    'Use Linux on x86-64 as root (sudo), or the containers: docker compose up',
  ),
  ENGINE_FAILS: userError<{ engine: string; failures: string[] }>(
    (d) => `${d.engine} is installed but cannot run containers:\n  ${d.failures.join('\n  ')}`,
    (d) => `Fix ${d.engine} until the first of these commands works, then start again.`,
  ),
  HOME_UNUSABLE: userError<{ home: string; cause: string }>(
    (d) => `The folder ${d.home} cannot be used: ${d.cause}`,
    'Name a writable folder on a local disk: HOLDOUT_HOME=/path/to/folder',
  ),
  DISK_FULL: userError<{ home: string; freeMiB: number; neededMiB: number }>(
    (d) => `The disk of ${d.home} has only ${d.freeMiB} MiB free; a start needs ${d.neededMiB} MiB.`,
    'Free space there, or name a folder on another disk: HOLDOUT_HOME=/path/to/folder',
  ),
  HOME_DISK_FULL: platformError<{ home: string; freeMiB: number }>(
    (d) =>
      `The disk of ${d.home} has ${d.freeMiB} MiB free: the embedded stack cannot record anything, and its campaigns wait.`,
    'Free space on this disk: campaigns continue by themselves within a minute. Then run the same command again.',
  ),
  EMBEDDED_STACK_FAILS: platformError<{ cause: string; logs: string }>(
    (d) => `A server of the embedded stack did not carry out the command: ${d.cause}`,
    (d) => `Run the same command again in a minute. If it fails again, read the logs in ${d.logs}`,
  ),
  PORT_BUSY: userError<{ port: number; variable: string; holder?: string }>(
    (d) => `Port ${d.port} (${d.variable}) is taken${d.holder === undefined ? '' : ` by ${d.holder}`}.`,
    (d) => `Stop that program, or choose another port: ${d.variable}=0 takes a free one.`,
  ),
  METRICS_UNAVAILABLE: userError<{ address: string; cause: string }>(
    (d) => `The worker cannot serve its metrics at ${d.address} (HOLDOUT_METRICS): ${d.cause}`,
    'Stop the program that has the port, or set HOLDOUT_METRICS to another one; a worker takes this port and the next.',
  ),
  START_UP_FILE_INVALID: userError<{ file: string; faults: string[] }>(
    (d) => `The start-up file ${d.file || '(none was given)'} cannot be used:\n  ${d.faults.join('\n  ')}`,
    'Correct the lines above and start again; nothing was started.',
  ),
  STATE_FOLDER_BUSY: userError<{ what: string; folder: string; pid: number }>(
    (d) => `${d.what} already uses the folder ${d.folder}, as process ${d.pid}.`,
    'Use that one, or end it first; two processes on one folder would start every job twice.',
  ),
  PART_NOT_UP: platformError<{ part: string; why: string; log: string; tail: string }>(
    (d) =>
      `The process "${d.part}" of the embedded stack did not start: ${d.why}. The last lines of ${d.log}:\n${d.tail}`,
    'Fix the cause given in its log and start again; npm run holdout -- doctor checks the machine.',
  ),
  START_INTERRUPTED: userError<Record<string, never>>(
    () => 'The start was interrupted; the processes that were already up have ended.',
    'Start again at any time; nothing is lost.',
  ),
  TEMPORAL_VERSION: userError<{ home: string; found: string; expected: string }>(
    (d) => `The history in ${d.home} was written by Temporal server ${d.found}; this Holdout uses ${d.expected}.`,
    'Continue with the Holdout version that wrote it, or start over in another HOLDOUT_HOME.',
  ),
} as const;
