import {
  type Fault,
  type FaultTable,
  firstHalf,
  promiseBody,
  reset,
  type Sending,
  sendWhole,
  wait,
  write,
} from "./fault.ts";

const UNSEEN = { fate: "refused", billed: false } as const;
const PAID = { fate: "carried_out", billed: true } as const;

/** Longer than any client waits. */
const STALL_MS = 600_000;

/** Between the last bytes and a reset, so that the bytes are read before the reset is noticed. */
const RESET_DELAY_MS = 20;

export const CONNECTION_FAULTS = {
  refuse: {
    ...UNSEEN,
    says: "The call is reset, and for `ms` nothing listens on the port.",
    settings: { ms: 300 },
    async send(sending: Sending) {
      sending.goAway(sending.settings.ms);
      reset(sending);
    },
  },
  reset_unbilled: {
    ...UNSEEN,
    says: "Reset before the first header; the call was not carried out.",
    send: async (sending: Sending) => reset(sending),
  },
  reset_billed: {
    ...PAID,
    says: "Reset before the first header; the call was carried out.",
    send: async (sending: Sending) => reset(sending),
  },
  reset_after_headers: {
    ...PAID,
    says: "Headers, then after `ms` a reset.",
    settings: { ms: RESET_DELAY_MS },
    async send(sending: Sending) {
      promiseBody(sending);
      await wait(sending, sending.settings.ms);
      reset(sending);
    },
  },
  reset_mid_body: {
    ...PAID,
    says: "Headers and half of the body, then after `ms` a reset.",
    settings: { ms: RESET_DELAY_MS },
    async send(sending: Sending) {
      await write(sending, firstHalf(promiseBody(sending)));
      await wait(sending, sending.settings.ms);
      reset(sending);
    },
  },
  stall: {
    ...PAID,
    says: "Silence until the client leaves or `ms` have passed, then a reset; the call was carried out.",
    settings: { ms: STALL_MS },
    async send(sending: Sending) {
      await wait(sending, sending.settings.ms);
      reset(sending);
    },
  },
  stall_unbilled: {
    ...UNSEEN,
    says: "Silence until the client leaves or `ms` have passed, then a reset; the call was not carried out.",
    settings: { ms: STALL_MS },
    async send(sending: Sending) {
      await wait(sending, sending.settings.ms);
      reset(sending);
    },
  },
  stall_mid_body: {
    ...PAID,
    says: "Headers and half of the body, then silence until the client leaves or `ms` have passed, then a reset.",
    settings: { ms: STALL_MS },
    async send(sending: Sending) {
      await write(sending, firstHalf(promiseBody(sending)));
      await wait(sending, sending.settings.ms);
      reset(sending);
    },
  },
  slow_drip: {
    ...PAID,
    says: "A good answer in `pieces` pieces, one every `ms`.",
    settings: { ms: 50, pieces: 10 },
    async send(sending: Sending) {
      const bytes = promiseBody(sending);
      const size = Math.max(1, Math.ceil(bytes.length / Math.max(1, sending.settings.pieces)));
      for (let from = 0; from < bytes.length && !sending.gone.aborted; from += size) {
        await write(sending, bytes.subarray(from, from + size));
        await wait(sending, sending.settings.ms);
      }
      sending.response.end();
    },
  },
  slow: {
    ...PAID,
    says: "A good answer after `ms`.",
    settings: { ms: 1000 },
    async send(sending: Sending) {
      await wait(sending, sending.settings.ms);
      await sendWhole(sending);
    },
  },
} satisfies Record<string, Fault> satisfies FaultTable;
