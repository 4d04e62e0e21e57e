/** By the data provider's own formula, as published in July 2026; what AIsa charges differs by account. */
export const PRICES = { perCallUsd: 0.024, perPageUsd: 0.000036 };
