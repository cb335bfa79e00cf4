import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { areas } from './controls.ts';
import { literals } from './source/literals.ts';
import { parsedSources } from './source/parsed-sources.ts';

const controls = Object.values(areas).flat();

/** Where containers are made. */
const ofContainers = [
  'src/runner/sandbox/container-flags.ts',
  'src/runner/sandbox/isolated-engine.ts',
  'src/runner/sandbox/writable-root.ts',
  'src/runner/preflight/check-mounts.ts',
  'src/runner/launch/runner-container.ts',
];

/** Flags that keep nothing from anybody: names, what a container is for, and what it needs. */
const noControls =
  /^.--(?:name=|label=(?:holdout\.|\$)|env=\$\{name\}|entrypoint=|rootfs|rm|format|gpus=|cgroupns=host|network=host|security-opt=apparmor|device-cgroup-rule=c 10:237|volume=(?:\$\{place\.output|\/|\$\{scratch|\$\{engineSocket))/;

/** Flags that only those who make containers use. */
const flagsThatConfine =
  /^.--(?:network|cap-|security-opt|user=|privileged|read-only|volume|mount|pids-limit|memory|cpus|ulimit)/;

/** The sources in a folder that have this in them somewhere; only these are worth parsing. */
const sourcesWith = (words: RegExp, folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
    .filter((file) => words.test(readFileSync(file, 'utf8')));

const hasRow = (file: string, literal: string): boolean =>
  controls.some((one) => one.file === file && (one.from.includes(literal) || literal.includes(one.from)));

describe('the security drill has a row', () => {
  it('for every flag of a container', () => {
    const flags = [...parsedSources(ofContainers)].flatMap(([file, source]) =>
      literals(source)
        .filter((literal) => /^.--[a-z]/.test(literal) && !noControls.test(literal))
        .map((literal) => ({ file, literal })),
    );
    assert.ok(flags.length > 40, `the flags are found: ${flags.length}`);
    assert.deepEqual(
      flags.filter(({ file, literal }) => !hasRow(file, literal)),
      [],
    );
  });

  it('in no other file of the runner is a container confined', () => {
    const others = sourcesWith(/['`]--/, 'src/runner').filter((file) => !ofContainers.includes(file));
    const found = [...parsedSources(others)].flatMap(([file, source]) =>
      literals(source).flatMap((literal) => (flagsThatConfine.test(literal) ? `${file}: ${literal}` : [])),
    );
    // The memory of an emulated GPU is given, not limited, by this mount.
    assert.deepEqual(found, ['src/runner/device/emulated-device.ts: `--volume=${place.device}:${emulatedFolder}`']);
  });

  /** Modes that are the second of two, behind a folder that is closed or has a row; and files that hold nothing secret. */
  const secondModes: Record<string, string> = {
    'src/client/pilot/pilot-record.ts': 'the home is closed',
    'src/local/compose/main.ts': 'a volume of containers that belong to one user',
    'src/local/stack/home/private-home.ts': 'the bits of the owner that an older mode keeps',
    'src/local/tools/smoke-run.ts': 'the inputs of a trial: they are nobody’s',
    'src/runner/isolation/confined-program.ts': 'the folder of a drill, which holds no submission',
    'src/local/stack/home/short-paths.ts': 'a folder that is closed right after it is made',
    'src/runner/isolation/program/hostile-program.ts': 'a file in the container itself',
    'src/runner/isolation/device-check/cuda-load.ts': 'a file in the container itself',
    'src/runner/isolation/device-check/emulated-load.ts': 'a file in the container itself',
    'src/runner/stage/predictions.ts': 'the folder of the run is closed',
    'src/runner/stage/stage-inputs.ts': 'the folder of the staged inputs is closed',
    'src/local/stack/parts/s3.ts': 'the home is closed; file systems without extended attributes only',
  };

  it('for every file and folder that is for its owner alone', () => {
    const modes = [...parsedSources(sourcesWith(/0o[67]00/, 'src'))].flatMap(([file, source]) => {
      const ownerModes = literals(source).filter((literal) => ['0o600', '0o700'].includes(literal));
      const rows = controls.filter((one) => one.file === file && /0o[67]00/.test(one.from));
      return ownerModes.length === 0
        ? []
        : [{ file, modes: ownerModes.length, rows: new Set(rows.map(({ from }) => from)).size }];
    });
    assert.ok(modes.length > 15, `the modes are found: ${modes.length}`);
    assert.deepEqual(
      modes.filter(({ file, modes: count, rows }) => rows < count && !(file in secondModes)),
      [],
    );
  });
});
