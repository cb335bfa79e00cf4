import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContainerEngine } from '../../../src/runner/sandbox/engine.ts';
import type { EngineImage } from '../../../src/runner/sandbox/engine-image.ts';
import { provideImage } from '../../../src/runner/stage/image.ts';
import { buildImage, type LayoutImage } from '../../support/images/oci-image.ts';

describe('the image of a run', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'holdout-image-'));
  const folder = join(scratch, 'run');
  const layout = join(scratch, 'layout');
  let image: LayoutImage;
  let diffIds: string[];
  before(() => {
    mkdirSync(folder);
    image = buildImage(layout, 'one', { script: 'exit 0' });
    const { config } = blob<{ config: { digest: string } }>(image.digest);
    diffIds = blob<{ rootfs: { diff_ids: string[] } }>(config.digest).rootfs.diff_ids;
    assert.equal(diffIds.length, 2);
  });
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the test knows which blob it reads
  const blob = <T>(digest: string): T =>
    JSON.parse(readFileSync(join(layout, 'blobs', digest.replace(':', '/')), 'utf8')) as T;
  after(() => rmSync(scratch, { recursive: true }));

  /** An engine that has loaded these layers in the end, and the names that it gave to its image. */
  const loading = (layers: (expected: string[]) => string[]) => {
    const names: string[] = [];
    let loaded: EngineImage | undefined;
    const engine = {
      name: 'docker',
      findImage: (name: string) => Promise.resolve(name.endsWith('-unchecked') ? loaded : undefined),
      loadArchive: () => {
        loaded = {
          id: 'x',
          bytes: 1,
          environment: [],
          workingDirectory: '',
          entryPoint: [],
          command: [],
          volumes: [],
          layers: layers(diffIds),
        };
        return Promise.resolve();
      },
      renameImage: (_: string, name: string) => {
        names.push(name);
        return Promise.resolve();
      },
    };
    return { engine: engine as unknown as ContainerEngine, names };
  };
  const provide = (engine: ContainerEngine) =>
    provideImage({ engine, image, scratch, folder, stop: new AbortController().signal });

  it('gets its name, by which it is started, once its layers are those that its configuration names', async () => {
    const { engine, names } = loading((expected) => expected);
    assert.deepEqual((await provide(engine)).layers, diffIds);
    assert.deepEqual(names, [`localhost/holdout:${image.digest.replace(':', '-')}`]);
  });

  for (const [what, layers] of Object.entries<(expected: string[]) => string[]>({
    'another layer': ([, ...rest]) => [`sha256:${'0'.repeat(64)}`, ...rest],
    'no layer': () => [],
    'one layer more': (expected) => [...expected, `sha256:${'0'.repeat(64)}`],
  })) {
    it(`gets no name if the engine has ${what}`, async () => {
      const { engine, names } = loading(layers);
      await assert.rejects(provide(engine), { code: 'IMAGE_DIFFERS' });
      assert.deepEqual(names, []);
    });
  }
});
