import { dollars } from '../campaign/model/money.ts';

/** Whole dollars from ten up. */
export const amountOf = (microUsd: number): string =>
  microUsd >= 10e6 || microUsd === 0
    ? dollars(Math.round(microUsd / 1e6) * 1e6).replace(/\.00$/, '')
    : dollars(microUsd);

/** For a picture, where room is short: millions from a million up. */
export const shortAmountOf = (microUsd: number): string =>
  microUsd >= 1e12 ? `${amountOf(microUsd / 1e6)} M` : amountOf(microUsd);
