import { gzipSync } from 'node:zlib';
import { tarOf } from '../../support/images/image-archives.ts';
import { oci, OciBuilder, type Descriptor } from '../../support/images/oci-builder.ts';
import { scriptLayer, writeArchive } from '../../support/images/runnable-image.ts';
import {
  around,
  base,
  built,
  failed,
  finished,
  one,
  predict,
  predictScript,
  refused,
  sound,
  soundImage,
  withLayer,
  withScript,
  type Case,
} from './case.ts';

const platform = (architecture: string) => ({ described: { platform: { os: 'linux', architecture } } });

function attestation(archive: OciBuilder): Descriptor {
  const config = archive.put(
    { architecture: 'unknown', os: 'unknown', config: {}, rootfs: { type: 'layers', diff_ids: [] } },
    { mediaType: oci.config },
  );
  const layers = [archive.put({}, { mediaType: 'application/vnd.in-toto+json' })];
  return archive.put(
    { schemaVersion: 2, mediaType: oci.manifest, config, layers },
    {
      mediaType: oci.manifest,
      platform: { os: 'unknown', architecture: 'unknown' },
      annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
    },
  );
}

const dockerTypes = {
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar',
};

const ids = ['a.mp4', 'b.mp4', 'c.mp4', 'd.mp4'];
const table = (row: (id: string) => string, header = 'filename,label'): string =>
  `${header}\n${ids.map((id) => `${row(id)}\n`).join('')}`;
const plain = table((id) => `${id},0.5`);
/** An image whose predictions are exactly this text. */
const writes = (text: string): Case['write'] =>
  one({
    layers: [base, tarOf([{ name: 'p.csv', content: text }]), scriptLayer('cp /p.csv /output/predictions.csv')],
  });

/** Inputs as strangers bring them, each with the end that it must come to on a class without a GPU. */
export const cases: Record<string, Case> = {
  // Archives that build tools write.
  'platform-x86-64': {
    write: around(platform('x86_64'), (archive, image) => [archive.index([image])]),
    expected: finished,
  },
  'two-tags': {
    write: around({ mediaTypes: dockerTypes, store: (layer) => layer }, (_, image) =>
      ['1', 'latest'].map((tag) => ({ ...image, annotations: { 'org.opencontainers.image.ref.name': tag } })),
    ),
    expected: finished,
  },
  'attestation-beside': {
    write: around(platform('amd64'), (archive, image) => [image, attestation(archive)]),
    expected: finished,
  },
  'nested-index': {
    write: around(platform('amd64'), (archive, image) => [archive.index([archive.index([image])])]),
    expected: finished,
  },
  'null-fields': { write: one({ described: { annotations: null, urls: null } }), expected: finished },
  'config-octet-stream': { write: one({ mediaTypes: { config: 'application/octet-stream' } }), expected: finished },
  // Archives that cannot be used.
  'index-says-arm64': {
    write: around(platform('arm64'), (archive, image) => [archive.index([image])]),
    expected: finished,
  },
  'built-for-arm64': {
    write: around({ ...platform('arm64'), architecture: 'arm64' }, (archive, image) => [archive.index([image])]),
    expected: refused(/arm64/),
  },
  'layer-truncated': { write: one({ store: (layer) => gzipSync(layer).subarray(0, -20) }), expected: refused(/layer/) },
  'layer-not-tar': {
    write: one({ layers: [base, Promise.resolve(Buffer.from('not a tar at all'.repeat(100)))] }),
    expected: refused(/layer/),
  },
  'hardlink-missing-target': {
    write: one(withLayer([{ name: 'app/two', type: 'link', linkname: 'app/nowhere' }])),
    expected: refused(/link/),
  },
  'hidden-image': {
    write: async (path) => {
      const archive = new OciBuilder();
      const hidden = await built(archive, { layers: [base, scriptLayer('exit 9')], ...platform('amd64') });
      const shown = await built(archive, soundImage);
      await writeArchive(path, archive, [
        { ...hidden, annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } },
        shown,
      ]);
    },
    expected: refused(/2 .*images|images.*2/),
  },
  // Configurations.
  'entrypoint-mode-700': { write: one(withScript(sound, 0o700)), expected: refused(/run\.sh|entry point/i) },
  'entrypoint-missing': { write: one({ config: { Entrypoint: ['/nowhere.sh'] } }), expected: refused(/entry point/i) },
  'workdir-is-file': { write: one({ config: { WorkingDir: '/run.sh' } }), expected: refused(/work/i) },
  'workdir-relative': { write: one({ config: { WorkingDir: 'app' } }), expected: finished },
  'env-empty-name': { write: one({ config: { Env: ['PATH=/bin', '=C'] } }), expected: finished },
  'env-too-large': {
    write: one({ config: { Env: ['PATH=/bin', `BIG=${'x'.repeat(300_000)}`] } }),
    expected: refused(/environment/i),
  },
  'stopsignal-bad': { write: one({ config: { StopSignal: 'SIGFOO' } }), expected: finished },
  'proc-is-file': { write: one(withLayer([{ name: 'proc', content: 'x' }])), expected: refused(/proc/) },
  'output-symlink-loop': {
    write: one(withLayer([{ name: 'output', type: 'symlink', linkname: '/output' }])),
    expected: refused(/\/output/),
  },
  'ld-library-path': {
    write: one({
      ...withScript(`[ "$LD_LIBRARY_PATH" = /usr/local/cuda/lib64 ] || exit 127; ${sound}`),
      config: { Env: ['PATH=/bin', 'LD_LIBRARY_PATH=/usr/local/cuda/lib64'] },
    }),
    expected: finished,
  },
  'tmp-not-writable': {
    write: one({
      layers: [base, tarOf([{ name: 'tmp', type: 'directory', mode: 0o755 }]), scriptLayer(`touch /tmp/x && ${sound}`)],
    }),
    expected: finished,
  },
  // Arguments and a read-only root.
  'needs-args': {
    write: one(withScript(`[ $# -eq 2 ] || exit 2; (echo filename,label; ${predict}) > "$2"`)),
    expected: failed('submission-error', 'exit-code'),
  },
  'given-args': {
    write: one(withScript(`[ $# -eq 2 ] || exit 2; (echo filename,label; ${predict}) > "$2"`)),
    row: { args: '{input} {output}/predictions.csv' },
    expected: finished,
  },
  'given-command': {
    write: one({ ...predictScript, config: { Entrypoint: ['/nowhere.sh'], WorkingDir: '/app' } }),
    row: { command: 'sh predict_submission.sh', args: '{input} {predictions}' },
    expected: finished,
  },
  'given-command-as-list': {
    write: one(predictScript),
    row: { command: '["/bin/sh", "/app/predict_submission.sh", "{input}", "{output}/predictions.csv"]' },
    expected: finished,
  },
  'writes-root-fs': {
    write: one({ ...withScript(`echo x > tmpfile || exit 7; ${sound}`), config: { WorkingDir: '/app' } }),
    expected: failed('submission-error', 'read-only-file-system-text'),
  },
  // Predictions.
  'csv-cr-only': { write: writes(plain.replaceAll('\n', '\r')), expected: finished },
  'csv-space-around-id': { write: writes(table((id) => `${id} ,0.5`)), expected: finished },
  'csv-space-before-quote': {
    write: writes(table((id) => `"${id}", "0.5"`, '"filename", "label"')),
    expected: finished,
  },
  'csv-sep-line': { write: writes(`sep=,\n${plain}`), expected: failed('output-invalid') },
  'csv-ctrl-z': { write: writes(`${plain}\u001a`), expected: failed('output-invalid') },
};
