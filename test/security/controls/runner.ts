import { controlsOf } from '../control.ts';

const lifecycle = ['test/runner/lifecycle.test.ts'];
const environment = ['test/runner/sandbox/environment/clean-environment.test.ts'];
const isolation = ['test/runner/isolation/isolation.test.ts'];
const onBroken = 'on a host that does not confine';
const traps = ['test/runner/traps.test.ts'];

/** What the runner checks before it starts a submission, gives to it and takes from it. */
export const runnerControls = [
  ...controlsOf('src/runner/sandbox/environment/clean-environment.ts', environment, [
    ['no loader variables of the image', '(?:LD|NVIDIA|AWS|HOLDOUT)_', '(?:NVIDIA|AWS|HOLDOUT)_'],
    ['no GPU variables of the image', '(?:LD|NVIDIA|AWS|HOLDOUT)_', '(?:LD|AWS|HOLDOUT)_'],
    ['no AWS variables of the image', '(?:LD|NVIDIA|AWS|HOLDOUT)_', '(?:LD|NVIDIA|HOLDOUT)_'],
    ['no Holdout variables of the image', '(?:LD|NVIDIA|AWS|HOLDOUT)_', '(?:LD|NVIDIA|AWS)_'],
    ['no conversion modules of the image', '_|GCONV_PATH$)', '_)'],
    ['no names that engines trim', 'const shellName = /^[A-Za-z_][A-Za-z0-9_]*$/', 'const shellName = /./'],
    ['no NUL in a value', " && !value.includes('\\0')", ''],
    ['no library folders of the host', 'libraryPath(ofImage.findLast', 'String(ofImage.findLast'],
  ]),
  ...controlsOf('src/runner/stage/predictions.ts', traps, [
    ['no links followed to predictions', ' | constants.O_NOFOLLOW', ''],
    ['no pipes read as predictions', ' | constants.O_NONBLOCK', ''],
    ['no devices or folders read as predictions', 'if (!stats.isFile())', 'if (false)'],
    ['no hard links read as predictions', 'if (stats.nlink !== 1)', 'if (false)'],
    ['no oversized predictions', 'if (stats.size > copy.wanted.maxBytes)', 'if (false)'],
  ]),
  ...controlsOf('src/runner/stage/image.ts', lifecycle, [
    ['the pinned image', 'if (found !== digest) throw', 'if (false) throw', 'image that is not the pinned one'],
  ]),
  ...controlsOf(
    'src/runner/stage/image.ts',
    ['test/runner/stage/image.test.ts'],
    [
      [
        'the layers that the configuration of an image names',
        "if (loaded?.layers.join(' ') !== expected) {",
        'if (!loaded) {',
      ],
    ],
  ),
  ...controlsOf('src/runner/stage/stage-inputs.ts', lifecycle, [
    [
      'inputs with the sha256 of their index',
      'if ((await store.download(inputs.files.bucket, key, file)).sha256 !== sha256)',
      'if ((await store.download(inputs.files.bucket, key, file)).sha256 === undefined)',
      'that differ from the frozen ones',
    ],
    ['no inputs outside their folder', 'if (outside !== undefined)', 'if (false)', 'whose names lead elsewhere'],
  ]),
  ...controlsOf('src/runner/job-steps.ts', isolation, [
    [
      'isolation that was tried before a claim',
      'if (!canary) await checkIsolation(settings, spec, stop);',
      '',
      onBroken,
    ],
  ]),
  ...controlsOf('src/runner/isolation/check-isolation.ts', isolation, [
    ['no run on a host that does not confine', 'if (broken.length > 0) throw', 'if (false) throw', onBroken],
  ]),
  ...controlsOf(
    'src/runner/device/nvidia-device.ts',
    ['test/runner/device/nvidia-device.test.ts'],
    [
      ['the GPUs of its job alone', "isWholeHost ? ['all'] : sampler.report().map(({ uuid }) => uuid)", "['all']"],
      ['no run on GPUs that nobody counted', 'if (isWholeHost && found > 1) throw', 'if (false) throw'],
    ],
  ),
  ...controlsOf('src/runner/stage/stage-inputs.ts', lifecycle, [
    [
      'the frozen list of inputs',
      'if (sha256(body) !== inputs.digest) throw',
      'if (false) throw',
      'not the frozen one',
    ],
    [
      'inputs that an earlier run did not damage',
      ') !== sha256) sound = false;',
      ") === '') sound = false;",
      'damaged are staged again',
    ],
  ]),
  ...controlsOf('src/runner/claim-run.ts', lifecycle, [
    [
      'one runner for one run',
      "return (await store.read(bucket, key)).toString('utf8') === jobId;",
      'return true;',
      'of two runners',
    ],
  ]),
];
