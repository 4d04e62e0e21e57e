import { type Params, toParams } from "./peer.ts";

/** What a host tells about the place in which it shows the view; all of it may be missing. */
export interface HostContext {
  theme?: "light" | "dark";
  /** CSS variables by name, `--color-text-primary`. */
  variables?: Record<string, string>;
  /** BCP 47 */
  locale?: string;
  /** IANA */
  timeZone?: string;
  displayMode?: string;
  displayModes?: string[];
  /** Pixels. */
  safeArea?: { top: number; right: number; bottom: number; left: number };
}

/** Only what is of the form that was agreed on; a change holds what changed. */
export function readHostContext(params: Params): HostContext {
  const { theme, locale, timeZone, displayMode, availableDisplayModes } = params;
  const variables = toParams(toParams(params["styles"])["variables"]);
  const insets = toParams(params["safeAreaInsets"]);
  return {
    ...((theme === "light" || theme === "dark") && { theme }),
    ...(Object.keys(variables).length > 0 && { variables: onlyTexts(variables) }),
    ...(typeof locale === "string" && { locale }),
    ...(typeof timeZone === "string" && { timeZone }),
    ...(typeof displayMode === "string" && { displayMode }),
    ...(Array.isArray(availableDisplayModes) && { displayModes: availableDisplayModes.filter(isText) }),
    ...(Object.keys(insets).length > 0 && {
      safeArea: {
        top: toPixels(insets["top"]),
        right: toPixels(insets["right"]),
        bottom: toPixels(insets["bottom"]),
        left: toPixels(insets["left"]),
      },
    }),
  };
}

const isText = (value: unknown): value is string => typeof value === "string";

const onlyTexts = (params: Params): Record<string, string> =>
  Object.fromEntries(Object.entries(params).filter((entry): entry is [string, string] => isText(entry[1])));

const toPixels = (value: unknown): number => (typeof value === "number" && value > 0 ? value : 0);
