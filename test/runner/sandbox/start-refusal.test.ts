import assert from 'node:assert/strict';
import type { StartCause } from '../../../src/campaign/model/run-outcome.ts';
import { refusedAfterStart, refusedStart } from '../../../src/runner/sandbox/start-refusal.ts';

const inGvisor = (words: string): string =>
  `starting container: starting root container: starting sandbox: ${words}\n` +
  'Error: unable to start container e4351eff: `/usr/bin/runsc --network=none start e4351eff` failed: exit status 128\n';

/** Messages of engines that are not on this machine, or of faults that cannot be produced here, with their sources. */
const team: [StartCause, words: string][] = [
  // github.com/containers/crun/issues/1688
  [
    'entry-point-missing',
    'Error: crun: executable file `nonexistent` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found',
  ],
  [
    'entry-point-missing',
    'Error: runc: runc create failed: unable to start container process: error during container init: exec: "nonexistent": executable file not found in $PATH: OCI runtime attempted to invoke a command that was not found',
  ],
  // docker 20.10 and 28
  [
    'entry-point-missing',
    'Error response from daemon: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/nowhere": stat /nowhere: no such file or directory: unknown',
  ],
  [
    'entry-point-missing',
    'Error response from daemon: OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "python": executable file not found in $PATH: unknown',
  ],
  // github.com/containers/podman/issues/22763, /9377
  ['entry-point-not-executable', 'Error: crun: open executable: Permission denied: OCI permission denied'],
  ['entry-point-not-executable', 'Error: crun: open executable: Operation not permitted: OCI permission denied'],
  [
    'entry-point-not-executable',
    'Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "/run.sh": permission denied',
  ],
  // github.com/containers/crun/issues/1307
  ['path-in-the-way', 'Error: OCI runtime error: crun: open `/storage/merged/etc/hosts`: Not a directory'],
  [
    'path-in-the-way',
    'runc create failed: unable to start container process: error during container init: error mounting "proc" to rootfs at "/proc": filesystem "proc" must be mounted on ordinary directory',
  ],
  ['no-command', 'Error response from daemon: no command specified'],
  ['work-folder-unusable', 'Error response from daemon: Cannot mkdir: /entry is not a directory'],
  [
    'work-folder-unusable',
    'OCI runtime create failed: runc create failed: unable to start container process: chdir to cwd ("/app") set in config.json failed: permission denied: unknown',
  ],
  [
    'environment-too-large',
    'runc create failed: unable to start container process: exec /entry: argument list too long',
  ],
  ['configuration-unusable', 'Error: env fields from image failed to parse: invalid environment variable: "=C"'],
  ['configuration-unusable', 'Error: invalid signal: SIGFOO'],
  // gVisor, runsc 20221219, under podman 4.3.1.
  ['entry-point-missing', inGvisor('creating process: failed to load /nowhere: no such file or directory')],
  ['entry-point-missing', inGvisor('error finding executable "nowhere" in PATH [/bin]: no such file or directory')],
  ['entry-point-missing', inGvisor('creating process: failed to load /entry/x: not a directory')],
  ['entry-point-missing', inGvisor('creating process: failed to load /l: too many symbolic links encountered')],
  ['entry-point-not-executable', inGvisor('creating process: failed to load /bin: permission denied')],
  ['entry-point-for-another-machine', inGvisor('creating process: failed to load /entry: exec format error')],
  ['environment-too-large', inGvisor('creating process: failed to load /entry: argument list too long')],
  // It quotes no name.
  ['entry-point-missing', inGvisor('creating process: failed to load /a\ncgroup: no such file or directory')],
  // An entry point that imitates a platform fault, which would be retried.
  [
    'entry-point-missing',
    'runc create failed: unable to start container process: exec: "/no space left on device": stat /no space left on device: no such file or directory: unknown',
  ],
];

const platform: [StartCause, words: string][] = [
  // github.com/containers/podman/issues/25080, nestybox/sysbox/issues/682, containers/crun/issues/2193
  ['engine', 'Error: crun: open `/home/u/storage/overlay/123/merged`: Permission denied: OCI permission denied'],
  [
    'engine',
    'Error: crun: make `/var/lib/containers/storage/overlay/edd/merged` private: No such file or directory: OCI runtime attempted to invoke a command that was not found',
  ],
  [
    'control-group',
    'Error: crun: open /sys/fs/cgroup/machine.slice/libpod-35.scope/container/cgroup.freeze: No such file or directory: OCI runtime attempted to invoke a command that was not found',
  ],
  // github.com/containers/crun/issues/1205
  ['runtime-missing', 'Error: default OCI runtime "crun" not found: invalid argument'],
  ['runtime-missing', 'Error response from daemon: unknown or invalid runtime name: nvidia'],
  ['control-group', 'Error: OCI runtime error: crun: cgroups in hybrid mode not supported, drop all controllers'],
  ['image-unknown', 'Error: localhost/holdout:sha256-0: image not known'],
  ['image-unknown', 'Error response from daemon: No such image: localhost/holdout:sha256-0'],
  [
    'name-in-use',
    'Error: creating container storage: the container name "ho-1" is already in use by 4d. You have to remove it',
  ],
  ['storage-full', 'Error: creating container storage: write /var/lib/containers/storage/x: no space left on device'],
  [
    'storage-full',
    'runc create failed: unable to start container process: error during container init: error mounting "/x" to rootfs at "/output": mkdir /x/merged/output: no space left on device',
  ],
  [
    'engine',
    'runc create failed: unable to start container process: error during container init: error mounting "/scratch/hosts" to rootfs at "/etc/hosts": stat /scratch/hosts: no such file or directory',
  ],
  ['engine', 'Error response from daemon: error while mounting volume: permission denied'],
  ['engine', 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?'],
  [
    'engine',
    'Error response from daemon: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error running hook #0: exit status 1, stderr: nvidia-container-cli: initialization error: nvml error: driver not loaded: unknown',
  ],
  ['engine', inGvisor('creating process: failed to load /entry: input/output error')],
  ['engine', inGvisor('mounting root file system: no such file or directory')],
  ['engine', 'fork/exec /usr/bin/conmon: permission denied'],
  ['engine', ''],
];

describe('the cause of a failed container start, and who is responsible', () => {
  for (const [fault, table] of Object.entries({ team, platform })) {
    for (const [cause, words] of table) {
      it(`${fault}, ${cause}: ${words.split('\nError: ')[0]?.slice(-90)}`, () => {
        const { fault: found, cause: because } = refusedStart(words);
        assert.deepEqual([found, because], [fault, cause]);
      });
    }
  }

  it('quotes nothing of the image for a team’s fault, and the engine’s message in one line for the platform’s', () => {
    assert.doesNotMatch(
      refusedStart('unable to start container process: exec: "/SECRET": permission denied').detail,
      /SECRET/,
    );
    assert.equal(refusedStart('one\n\u001b[31mtwo\n').detail, 'one [31mtwo');
  });

  const late: [StartCause | undefined, exitCode: number, printed: string][] = [
    ['entry-point-for-another-machine', 1, 'exec /entry: exec format error\n'],
    ['entry-point-for-another-machine', 1, 'standard_init_linux.go:228: exec user process caused: exec format error\n'],
    ['interpreter-missing', 1, 'exec /entry: no such file or directory\n'],
    ['interpreter-missing', 1, 'standard_init_linux.go:211: exec user process caused: no such file or directory'],
    ['entry-point-not-executable', 1, 'exec /entry: permission denied'],
    [
      'entry-point-for-another-machine',
      1,
      '{"msg":"exec container process `/entry`: Exec format error","level":"error","time":"2024-07-01T10:00:00.0Z"}\n',
    ],
    [
      'interpreter-missing',
      127,
      '{"msg":"exec container process (missing dynamic library?) `/entry`: No such file or directory","level":"error","time":"2024"}',
    ],
    [undefined, 0, 'exec /entry: exec format error\n'],
    [undefined, 1, 'loading\nexec /entry: exec format error\n'],
    [undefined, 127, '/bin/sh: exec: line 2: python: not found'],
    [undefined, 1, 'OSError: [Errno 8] Exec format error'],
  ];
  for (const [cause, exitCode, printed] of late) {
    it(`${cause ?? 'the submission’s own end'}: exit ${exitCode} after ${printed.trim().slice(0, 60)}`, () => {
      assert.equal(refusedAfterStart(exitCode, printed)?.cause, cause);
    });
  }
});
