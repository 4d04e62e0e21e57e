/** Up to here the engine's own search is fast on any text; past it a hostile text costs it length × length. */
const MAX_SHORT_PIECE = 200;

type Find = (text: string, from: number) => number;

/**
 * Compiles a `like` pattern into a test of a whole text: `%` stands for any run of characters, all else for itself.
 * A pattern without `%` is equality. Pieces are found greedily from left to right, each character of the text once.
 */
export function compileLike(pattern: string): (text: string) => boolean {
  const [head = "", ...rest] = pattern.split("%");
  const tail = rest.pop();
  if (tail === undefined) return (text) => text === pattern;
  const pieces = rest.map((piece) => ({ length: piece.length, find: compileFind(piece) }));
  return (text) => {
    if (!text.startsWith(head)) return false;
    let from = head.length;
    for (const { length, find } of pieces) {
      const at = find(text, from);
      if (at < 0) return false;
      from = at + length;
    }
    return text.length - tail.length >= from && text.endsWith(tail);
  };
}

function compileFind(piece: string): Find {
  return piece.length <= MAX_SHORT_PIECE ? (text, from) => text.indexOf(piece, from) : compileLinearFind(piece);
}

/** `indexOf` by Knuth, Morris and Pratt: never goes back in the text. */
function compileLinearFind(piece: string): Find {
  const fallback = new Int32Array(piece.length + 1);
  /** How much of the piece stands before a place of the text, the character there taken in. */
  const extend = (matched: number, character: number): number => {
    let length = matched;
    while (length > 0 && piece.charCodeAt(length) !== character) length = fallback[length] ?? 0;
    return piece.charCodeAt(length) === character ? length + 1 : length;
  };
  for (let at = 1; at < piece.length; at++) {
    fallback[at + 1] = extend(fallback[at] ?? 0, piece.charCodeAt(at));
  }
  return (text, from) => {
    let matched = 0;
    for (let at = from; at < text.length; at++) {
      matched = extend(matched, text.charCodeAt(at));
      if (matched === piece.length) return at + 1 - piece.length;
    }
    return -1;
  };
}
