/** Tells the height of what is shown whenever it changes, so that a host can give it room. */
export function watchHeight(content: Element, say: (height: number) => void): () => void {
  let said = 0;
  const observer = new ResizeObserver(() => {
    const height = Math.ceil(content.getBoundingClientRect().height);
    if (height === said) return;
    said = height;
    say(height);
  });
  observer.observe(content);
  return () => observer.disconnect();
}
