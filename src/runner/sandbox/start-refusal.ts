import type { ContainerEnd, StartCause } from '../../campaign/model/run-outcome.ts';

/** The end of a container that its engine refused to start. */
export type NeverStarted = Extract<ContainerEnd, { kind: 'never-started' }>;

const tooLarge = 'Environment and arguments are larger than the kernel accepts.';

/** The beginning of messages of runc and docker, older and newer, about the container's own program and mounts. */
const inContainer = String.raw`(?:container process|container process caused|container init)(?: caused)?: `;

/** The beginning of gVisor's messages about the program, whose name it quotes as it is, with line ends. */
const inGvisor = String.raw`(?:creating process: failed to load|error finding executable) [^]*: `;

/**
 * The engines' messages about faults of an image: podman 4 and 5, docker, runc 1.0 to 1.3, crun, gVisor. They quote names that the
 * image chose, so every pattern relies on the words around them. Any other message is not the team's fault.
 */
const teamFaults: readonly [StartCause, pattern: RegExp, detail: string][] = [
  ['no-command', /no command (?:specified|or entrypoint provided)/i, 'The image names no program to run.'],
  [
    'work-folder-unusable',
    /\bworkdir ".*" (?:does not exist on|exists on) container|Cannot mkdir: .* is not a directory|chdir to cwd \(|crun: chdir|container init: mkdir .*: (?:file exists|not a directory)/i,
    'The work folder of the image cannot be entered.',
  ],
  [
    'path-in-the-way',
    new RegExp(
      String.raw`error mounting ".*" to rootfs at ".*": .*(?:not a directory|too many levels of symbolic links|must be mounted on ordinary directory)` +
        String.raw`|creating /etc/mtab symlink: |open /etc in the container: no such file|unable to find user \d+: .* is a directory` +
        String.raw`|crun: (?:open|creat|mkdir|mount) \W.*: (?:Not a directory|Too many levels of symbolic links)`,
    ),
    'The image has a file or a link where a folder must be mounted.',
  ],
  [
    'environment-too-large',
    new RegExp(`${inContainer}.*argument list too long|exec container process .*: Argument list too long`),
    tooLarge,
  ],
  [
    'entry-point-not-executable',
    new RegExp(`${inContainer}exec:? .*: (?:permission denied|is a directory)|crun: open executable: `, 'i'),
    'The submission may not execute its entry point.',
  ],
  [
    'entry-point-for-another-machine',
    new RegExp(`${inContainer}exec:? .*: exec format error|exec (?:the )?container process .*: Exec format error`),
    'The entry point is no program for this machine, or a script that names no interpreter.',
  ],
  [
    'entry-point-missing',
    new RegExp(
      `${inContainer}exec:? .*: (?:stat .*: )?(?:no such file or directory|not a directory|executable file not found)` +
        String.raw`|crun: executable file .* not found`,
    ),
    'The entry point is not in the image.',
  ],
  [
    'configuration-unusable',
    /env fields from image failed to parse|environment variable name can't be empty|invalid environment variable|invalid signal: /i,
    'The configuration of the image cannot be used.',
  ],
  [
    'entry-point-not-executable',
    new RegExp(`${inGvisor}(?:permission denied|is a directory)`),
    'The submission may not execute its entry point.',
  ],
  [
    'entry-point-for-another-machine',
    new RegExp(`${inGvisor}exec format error`),
    'The entry point is no program for this machine, or a script that names no interpreter.',
  ],
  ['environment-too-large', new RegExp(`${inGvisor}argument list too long`), tooLarge],
  [
    'entry-point-missing',
    new RegExp(`${inGvisor}(?:no such file or directory|not a directory|too many symbolic links)`),
    'The entry point is not in the image, or the interpreter that it names is not.',
  ],
];

const platformFaults: readonly [StartCause, RegExp][] = [
  ['storage-full', /no space left on device|disk quota exceeded/i],
  ['image-unknown', /image not known|no such image|does not resolve to an image/i],
  ['name-in-use', /name .* is already in use/i],
  ['control-group', /cgroup/i],
  ['runtime-missing', /OCI runtime "[^"]*" not found|unknown or invalid runtime name/i],
];

export const environmentTooLarge: NeverStarted = {
  kind: 'never-started',
  fault: 'team',
  cause: 'environment-too-large',
  detail: tooLarge,
};

/** Why the engine did not start a container, from its message. */
export function refusedStart(message: string): NeverStarted {
  const team = teamFaults.find(([, pattern]) => pattern.test(message));
  if (team !== undefined) return { kind: 'never-started', fault: 'team', cause: team[0], detail: team[2] };
  const cause = platformFaults.find(([, pattern]) => pattern.test(message))?.[0] ?? 'engine';
  return { kind: 'never-started', fault: 'platform', cause, detail: printable(message).slice(-1000) };
}

/** The kernel's messages when the runtime executes the image's program. */
const lateFaults: readonly [StartCause, RegExp, detail: string][] = [
  [
    'entry-point-for-another-machine',
    /exec format error/i,
    'The entry point is no program for this machine, or a script that names no interpreter.',
  ],
  [
    'interpreter-missing',
    /no such file or directory/i,
    'The interpreter that the entry point names is not in the image.',
  ],
  ['entry-point-not-executable', /permission denied/i, 'The interpreter of the entry point may not be executed.'],
  ['environment-too-large', /argument list too long/i, tooLarge],
];

/**
 * Some faults show only after the container counts as started; then the runtime's message is the whole output. A submission
 * that prints the same and fails is at fault either way.
 */
export function refusedAfterStart(exitCode: number, printed: string): NeverStarted | undefined {
  const text = printed.trim();
  if (exitCode === 0 || !runtimeMessage.test(text)) return undefined;
  const found = lateFaults.find(([, pattern]) => pattern.test(text));
  return found && { kind: 'never-started', fault: 'team', cause: found[0], detail: found[2] };
}

/** `exec /entry: …` of runc, `standard_init_linux.go:228: exec user process caused: …` before 1.1; crun writes JSON. */
const runtimeMessage =
  /^(?:\S+ )?exec (?:\S+|user process caused): [a-z ]+$|^\{"msg":"exec container process (?:\([^)]*\) )?`[^`\n]*`: [A-Za-z ]+"[^\n]*\}$/;

const printable = (text: string): string => text.replaceAll(/[^\x20-\x7e]+/g, ' ').trim();
