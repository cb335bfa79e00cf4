import type { Device } from './device.ts';

/** A class without a GPU. */
export const noDevice: Device = {
  createFlags: [],
  environment: {},
  extraMemoryMiB: 0,
  stop: async () => null,
  close: () => {},
};
