import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { controlsOf, toldApart, type Control } from '../control.ts';
import { parsedSources } from '../source/parsed-sources.ts';
import { removableCalls, unquoted, type RemovableCall } from '../source/removable-calls.ts';

const testsIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name));

const inRegistries = ['test/images/store/registry-image.test.ts'];
const archives = ['refused-archives', 'ambiguous-archives', 'archive/read-folder', 'inspect-archive'].map(
  (name) => `test/images/${name}.test.ts`,
);
/** The quicker tests first, which notice most. */
const layers = ['layer-entries', 'inspect-layer'].map((name) => `test/images/layers/${name}.test.ts`);
const zstd = [...testsIn('test/images/zstd'), ...layers];

/** The tests of each folder of the gate. */
const testsOf: Record<string, readonly string[]> = {
  '.': archives,
  archive: archives,
  manifests: archives,
  store: inRegistries,
  tar: [...layers, ...archives],
  zstd,
  layers,
  configuration: testsIn('test/images/configuration'),
};

/** What refuses an image; the others are named in the functions that get or make them. */
const refusers = ['refuse', 'damaged', 'this.damaged', 'twice'];

/** Refusals that are left out, and why. */
export const leftOutOfGate: Record<string, string> = {
  'the image has more than ${maxLayers} layers': 'cannot happen: the gate counts layers before it reads them',
  'a layer has more than ${maxLayerEntries} entries': 'its test would need a layer of two million entries',
  'the image has more than ${maxNodes} files and folders': 'its test would need an image of two million files',
  'the names and links of the image take more than ${maxStoredBytes} bytes': 'its test would need names of 96 MiB',
  "damaged if (error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'":
    'its test would need a file on which the decompressor of Node 20 never ends',
};

const wordsOf = ({ callee, arguments: [argument], condition }: RemovableCall): string => {
  if (argument !== undefined) return unquoted(argument);
  return `${callee.replace('this.', '')} ${condition === undefined ? 'otherwise' : `if ${condition}`}`;
};

/** Every refusal of the gate, found in its source. */
function refusals(): Control[] {
  const sources = Object.keys(testsOf).flatMap((folder) =>
    readdirSync(join('src/images', folder))
      .filter((name) => name.endsWith('.ts') && name !== 'refusal.ts')
      .map((name) => join('src/images', folder, name)),
  );
  return toldApart(
    [...parsedSources(sources)].flatMap(([file, source]) =>
      removableCalls(source, refusers)
        .filter((call) => !(wordsOf(call) in leftOutOfGate))
        .map((call) => {
          const { from, to } = call;
          return { control: `the refusal: ${wordsOf(call)}`, file, from, to, tests: testsFor(file) };
        }),
    ),
  );
}

/** Only images in a registry have their platform judged by an index alone, and layers are compressed like archives. */
const testsOfFile: Record<string, readonly string[]> = {
  'src/images/manifests/choose-platform.ts': inRegistries,
  'src/images/archive/compression.ts': ['test/images/layers/inspect-layer.test.ts', ...archives],
};

const testsFor = (file: string): readonly string[] =>
  testsOfFile[file] ?? testsOf[/^src\/images\/([^/]+)\//.exec(file)?.[1] ?? '.'] ?? [];

/** Every refusal of the gate, and the digests that it compares. */
export const gateControls: Control[] = [
  ...refusals(),
  ...controlsOf(
    'src/images/store/registry-image.ts',
    ['test/images/store/registry-image.test.ts'],
    [
      [
        'a manifest with the digest that was asked for',
        'if (`sha256:${sha256(raw)}` === digest) return raw;',
        'return raw;',
        'whatever skopeo checks',
      ],
    ],
  ),
  ...controlsOf(
    'src/images/store/image-store.ts',
    ['test/images/store/image-store.test.ts'],
    [
      [
        'the accepted image under its name in the store',
        'if (stored.digest === digest) return stored;',
        'return stored;',
        'another image has its name',
      ],
    ],
  ),
  ...controlsOf(
    'src/images/scans/host-scan.ts',
    ['test/images/scans/host-scan.test.ts'],
    [
      ['no keys of the worker for the host’s scanner', 'env: { PATH, HOME, LANG }', 'env: process.env'],
      [
        'a scan that came to no verdict',
        "if (result.status === clean) return { kind: 'clean', output };",
        "if (result.status !== findings) return { kind: 'clean', output };",
      ],
    ],
  ),
  ...controlsOf(
    'src/images/scans/store-scan.ts',
    ['test/images/scans/store-scan.test.ts'],
    [
      ['no image with critical findings', 'result.critical > 0', 'false'],
      [
        'no image without a finished scan, where the host wants one',
        "if (rule === 'report') return",
        'if (true) return',
      ],
    ],
  ),
];
