import { tarOf, type TarEntry } from '../../support/images/image-archives.ts';
import { OciBuilder, type Descriptor } from '../../support/images/oci-builder.ts';
import {
  addImage,
  busyboxLayer,
  scriptLayer,
  writeArchive,
  type RunnableImage,
} from '../../support/images/runnable-image.ts';

/** How a submission must end, and whose doing that is. */
export type Expected =
  | { state: 'finished'; score?: number }
  | { state: 'failed'; reason: string; detail?: RegExp; rule?: string; runs: number };

export interface Case {
  write: (path: string) => Promise<void>;
  expected: Expected;
  /** Columns of its row in the submissions file beyond the usual ones. */
  row?: { command?: string; args?: string };
}

/** Predictions of one half for every input: log loss ln 2. */
export const predict = 'for f in /input/*; do echo "${f##*/},0.5"; done';
export const sound = `(echo filename,label; ${predict}) > /output/predictions.csv`;
const half = Math.LN2;
export const finished: Expected = { state: 'finished', score: half };
export const refused = (detail: RegExp): Expected => ({ state: 'failed', reason: 'image-refused', detail, runs: 0 });
export const failed = (reason: string, rule?: string): Expected => ({
  state: 'failed',
  reason,
  runs: 1,
  ...(rule !== undefined && { rule }),
});

export const base = busyboxLayer();
const soundLayers = [base, scriptLayer(sound)];
export const soundImage: UnbuiltImage = { layers: soundLayers };

/** Its layers are made when the archive is written. */
type UnbuiltImage = Omit<RunnableImage, 'layers'> & { layers: Promise<Buffer>[] };
export const built = async (archive: OciBuilder, image: UnbuiltImage): Promise<Descriptor> =>
  addImage(archive, { ...image, layers: await Promise.all(image.layers) });

/** An archive of exactly one image. */
export const one =
  (image: Partial<UnbuiltImage>): Case['write'] =>
  async (path) => {
    const archive = new OciBuilder();
    await writeArchive(path, archive, [await built(archive, { ...soundImage, ...image })]);
  };
export const withLayer = (entries: TarEntry[]): Partial<UnbuiltImage> => ({
  layers: [base, tarOf(entries), scriptLayer(sound)],
});
export const withScript = (body: string, mode?: number): Partial<UnbuiltImage> => ({
  layers: [base, scriptLayer(body, mode)],
});
/** Called as `predict_submission.sh TEST_DIR OUT_CSV`; it is not the entry point. */
export const predictScript: Partial<UnbuiltImage> = {
  layers: [
    base,
    tarOf([
      {
        name: 'app/predict_submission.sh',
        content: `[ $# -eq 2 ] || exit 2\n(echo filename,label; for f in "$1"/*; do echo "\${f##*/},0.5"; done) > "$2"\n`,
      },
    ]),
  ],
};
/** The top of an archive from the descriptor of a sound image. */
export const around =
  (image: Partial<UnbuiltImage>, top: (archive: OciBuilder, image: Descriptor) => Descriptor[]): Case['write'] =>
  async (path) => {
    const archive = new OciBuilder();
    await writeArchive(path, archive, top(archive, await built(archive, { ...soundImage, ...image })));
  };
