/** What Linux accepts as a path, in bytes. */
export const maxPathBytes = 4_094;

/** What Linux accepts as the name of a file, in bytes. */
export const maxNameBytes = 255;
