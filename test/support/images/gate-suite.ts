import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { GateRig } from './gate-rig.ts';
import { sha256, tarOf, type TarEntry } from './image-archives.ts';
import { layersOf, OciBuilder, type BuiltLayer } from './oci-builder.ts';

/** What archives are made of: the layers of the image to run and of another one, and an empty builder. */
export interface Parts {
  layers: BuiltLayer[];
  other: BuiltLayer[];
  builder: OciBuilder;
}
export type MakeArchive = (parts: Parts) => TarEntry[] | Promise<TarEntry[]>;
export type RefusedArchive = [why: string | RegExp, make: MakeArchive];

export const amd64 = { os: 'linux', architecture: 'amd64' };
export const arm64 = { os: 'linux', architecture: 'arm64', variant: 'v8' };

/** A gate for the tests of the suite that creates this. */
export class GateSuite {
  declare rig: GateRig;
  declare layers: BuiltLayer[];
  declare private other: BuiltLayer[];

  constructor() {
    before(async () => {
      this.rig = await GateRig.start();
      this.layers = await layersOf('the one to run');
      this.other = await layersOf('another one');
    });
    after(() => this.rig.stop());
  }

  async archive(make: MakeArchive): Promise<Buffer> {
    return tarOf(await make({ layers: this.layers, other: this.other, builder: new OciBuilder() }));
  }

  async refusalOf(archive: Buffer): Promise<string> {
    const result = await this.rig.inspect(archive);
    return result.kind === 'refused' ? result.why : assert.fail('accepted');
  }

  /** Defines a test per archive, which must be refused with this sentence. */
  refuses(archives: Record<string, RefusedArchive>): void {
    for (const [what, [why, make]] of Object.entries(archives)) {
      it(`with one sentence: ${what}`, async () => {
        const refusal = await this.refusalOf(await this.archive(make));
        if (typeof why === 'string') assert.equal(refusal, why);
        else assert.match(refusal, why);
      });
    }
  }

  /** Defines a test per archive, which must be read as the image to run. */
  reads(archives: Record<string, MakeArchive>): void {
    for (const [what, make] of Object.entries(archives))
      it(`are read: ${what}`, async () => this.isRead(await this.archive(make)));
  }

  async isRead(archive: Buffer): Promise<void> {
    const { layout, digest } = await this.rig.accepted(archive);
    const written = await this.rig.written(layout);
    assert.deepEqual(
      written.diffIds,
      this.layers.map(({ tar }) => `sha256:${sha256(tar)}`),
    );
    // Another reader finds one image under the digest, and all its blobs valid.
    const raw = execFileSync('skopeo', ['inspect', '--raw', `oci:${layout}:image`]);
    assert.equal(`sha256:${sha256(raw)}`, digest);
  }
}
