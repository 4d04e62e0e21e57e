import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./app.tsx";
import { connectHost, type HostEvents } from "./bridge/host.ts";
import { applyContext, createWindowPort, watchHeight } from "./bridge/own-window.ts";
import { createStore, type Store, StoreContext } from "./state/store.ts";
import { readFile, showView, takeResult } from "./state/take-result.ts";

/** Replaced by the build. */
declare const VIEW_VERSION: string;

const file = readFile(document.getElementById("view-file")?.textContent ?? "null");
const store = createStore(file);
const root = document.getElementById("view");
if (root !== null) start(root);

function start(root: HTMLElement): void {
  effect(() => applyContext(document.documentElement, store.context.value));
  if (file !== null) showView(store, file.view);
  else if (window.parent === window) store.phase.value = { kind: "alone" };
  else void connect(root);
  render(
    <StoreContext.Provider value={store}>
      <App />
    </StoreContext.Provider>,
    root,
  );
}

async function connect(root: HTMLElement): Promise<void> {
  let stopWatching = () => {};
  const host = await connectHost(createWindowPort(window), VIEW_VERSION, {
    ...toEvents(store),
    onTeardown: () => stopWatching(),
  });
  store.host.value = host;
  if (store.phase.value.kind === "connecting") store.phase.value = { kind: "running", target: null };
  stopWatching = watchHeight(root, host.sayHeight);
}

function toEvents(to: Store): Omit<HostEvents, "onTeardown"> {
  return {
    onInput: ({ target }) => {
      if (to.phase.value.kind !== "shown") {
        to.phase.value = { kind: "running", target: typeof target === "string" ? target : null };
      }
    },
    onResult: (result) => void takeResult(to, result),
    onCancelled: (reason) => {
      to.phase.value = { kind: "cancelled", reason };
    },
    onContext: (context) => {
      to.context.value = { ...to.context.value, ...context };
    },
  };
}
