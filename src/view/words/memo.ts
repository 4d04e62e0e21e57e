import { Component, type ComponentChildren, type FunctionComponent, h } from "preact";

/** A component that is drawn anew only when one of its properties is another one. */
export function memo<Props extends object>(Inner: (props: Props) => ComponentChildren): FunctionComponent<Props> {
  class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      return (Object.keys(next) as (keyof Props)[]).some((name) => next[name] !== this.props[name as never]);
    }
    override render() {
      return h(Inner as FunctionComponent<Props>, this.props);
    }
  }
  return Memo as unknown as FunctionComponent<Props>;
}
