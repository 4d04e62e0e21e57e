import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { ViewHead } from "../../pages/view/view-data.ts";
import type { Host } from "../bridge/host.ts";
import { useStore } from "../state/store.ts";
import { takeResult } from "../state/take-result.ts";
import { ThirdParty } from "../words/third-party.tsx";
import type { Words } from "../words/words.ts";
import { buy, fetchOffer, type Offer, type Order, type Purchase, toOrders } from "./purchase.ts";

/** What may cost money: a first click shows the price, a second one pays it. Escape or Cancel leaves it. */
export function BuyBox({ head, host }: { head: ViewHead; host: Host }) {
  const store = useStore();
  const words = store.words.value;
  const purchase = useSignal<Purchase>({ kind: "none" });
  const { value } = purchase;
  const cancel = () => {
    if (purchase.value.kind !== "buying") purchase.value = { kind: "none" };
  };
  const price = async (order: Order) => {
    purchase.value = { kind: "pricing", order };
    const offer = await fetchOffer(host, order);
    const { value: now } = purchase;
    // Cancelled meanwhile, or asked for something else.
    if (now.kind === "pricing" && now.order === order) purchase.value = { kind: "priced", order, offer };
  };
  const pay = async (order: Order) => {
    purchase.value = { kind: "buying", order };
    const result = await buy(host, order);
    purchase.value = result.isError ? { kind: "refused", words: result.text } : { kind: "none" };
    // A refusal leaves what is shown where it is: it was paid for.
    if (!result.isError) await takeResult(store, result);
  };
  return (
    <div class="buy">
      {toOrders(head, words).map((order) => (
        <button type="button" key={order.title} disabled={value.kind === "buying"} onClick={() => void price(order)}>
          {order.title}…
        </button>
      ))}
      <div class="offer" aria-live="polite">
        {value.kind === "pricing" && <p class="quiet">Asking for the price, which is free…</p>}
        {value.kind === "buying" && <p class="quiet">Fetching…</p>}
        {value.kind === "refused" && (
          <p class="refused">
            <ThirdParty text={value.words} />
          </p>
        )}
        {value.kind === "priced" && (
          <OfferBox order={value.order} offer={value.offer} words={words} onPay={pay} onCancel={cancel} />
        )}
      </div>
    </div>
  );
}

interface OfferBoxProps {
  order: Order;
  offer: Offer;
  words: Words;
  onPay: (order: Order) => Promise<void>;
  onCancel: () => void;
}

function OfferBox({ order, offer, words, onPay, onCancel }: OfferBoxProps) {
  const cancel = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // A key that is pressed twice buys nothing.
    cancel.current?.focus();
    const onKeyDown = ({ key }: KeyboardEvent) => {
      if (key === "Escape") onCancel();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
  return (
    <div role="group" aria-label={`Price of: ${order.title}`} class="priced">
      <p>
        <strong>{order.title}</strong>: {describePrice(offer, words)}
      </p>
      {offer.leftUsd !== null && <p>{words.usd(offer.leftUsd)} is left of today's budget.</p>}
      {offer.remarks.map((remark) => (
        <p key={remark}>
          <ThirdParty text={remark} />
        </p>
      ))}
      <button type="button" class="pay" onClick={() => void onPay(order)}>
        {labelPay(offer, words)}
      </button>
      <button type="button" ref={cancel} onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}

function describePrice({ price, atMostUsd }: Offer, words: Words): string {
  if (price.kind === "free") return price.why === "" ? "$0 as quoted." : `$0: ${price.why}.`;
  if (price.kind === "told") {
    return `${words.usd(price.usd)} as quoted${price.mayExceed ? "; it may come out higher" : ""}.`;
  }
  const bound = atMostUsd === null ? "" : ` It costs at most ${words.usd(atMostUsd)}.`;
  return `no price is told${price.why === "" ? "" : ` (${price.why})`}.${bound}`;
}

function labelPay({ price, atMostUsd }: Offer, words: Words): string {
  if (price.kind === "free") return "Fetch for $0";
  if (price.kind === "told") return `Buy for ${words.usd(price.usd)}`;
  return atMostUsd === null ? "Buy without a told price" : `Buy for at most ${words.usd(atMostUsd)}`;
}
