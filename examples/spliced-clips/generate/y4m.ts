/** Width and height of a frame in pixels, and frames of a clip. */
export const clipSize = 64;
export const clipFrames = 8;

const header = Buffer.from(`YUV4MPEG2 W${clipSize} H${clipSize} F25:1 Ip A1:1 Cmono\n`);
const frameHeader = Buffer.from('FRAME\n');

/** A clip in YUV4MPEG2: uncompressed, shades of grey. All clips have the same header and the same size. */
export const y4m = (frames: readonly Uint8Array[]): Buffer =>
  Buffer.concat([header, ...frames.flatMap((frame) => [frameHeader, frame])]);
