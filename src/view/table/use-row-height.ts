import { useEffect, useState } from "preact/hooks";

/** Below this a row is a card; the style sheet says the same. */
const CARDS = "(max-width: 559px)";

const ROW_PX = 44;
const CARD_PX = 96;

/** How tall a row is, px: all are alike, so that the place of each is known before it is drawn. */
export function useRowHeight(): number {
  const [areCards, setAreCards] = useState(() => matchMedia(CARDS).matches);
  useEffect(() => {
    const query = matchMedia(CARDS);
    const listener = () => setAreCards(query.matches);
    query.addEventListener("change", listener);
    return () => query.removeEventListener("change", listener);
  }, []);
  return areCards ? CARD_PX : ROW_PX;
}
