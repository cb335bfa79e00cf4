/** The files of an image as its layers leave them, lowest layer first; filled by `inspectLayer`. */
export class ImageTree {
  /** Layers added so far. */
  layers = 0;
}
