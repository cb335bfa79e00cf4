/**
 * How many runs are looked at one by one for so many slots. Beyond 500 slots they grow no more: what so many show of an end
 * is enough, and a forecast has to be done within one workflow task.
 */
export const sampledSubmissions = (least: number, perSlot: number, slots: number): number =>
  least + perSlot * Math.min(slots, 500);
