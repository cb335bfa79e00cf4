import { dollars } from '../campaign/model/money.ts';

/** Dollars, without cents from ten dollars on. */
export const amountOf = (microUsd: number): string =>
  microUsd >= 10e6 || microUsd === 0
    ? dollars(Math.round(microUsd / 1e6) * 1e6).replace(/\.00$/, '')
    : dollars(microUsd);

/** For a picture, where space is short: in millions from a million dollars on. */
export const shortAmountOf = (microUsd: number): string =>
  microUsd >= 1e12 ? `${amountOf(microUsd / 1e6)} M` : amountOf(microUsd);
