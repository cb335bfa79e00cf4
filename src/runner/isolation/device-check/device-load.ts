/** A program that takes memory of a device, and how to read what it found; undefined if the report is none. */
export interface DeviceLoad {
  executable: Buffer;
  /** It is linked to a library of the driver and to libc. */
  needsLibraries: boolean;
  reportBytes: number;
  read(report: Buffer): DeviceFindings | undefined;
}

/** What a container found of its devices. */
export interface DeviceFindings {
  /** How many the driver lists. */
  count: number;
  /** Those of the class, in the order of the driver. */
  devices: { name: string; totalMiB: number; takenMiB: number }[];
  /** Why there is nothing more; undefined if all went well. */
  problem: string | undefined;
}
