import { expect, it } from "vitest";
import { isTrackingParameter } from "../../../../src/pages/answer/url-identity.ts";

it.each([
  "gclid",
  "fbclid",
  "msclkid",
  "yclid",
  "twclid",
  "srsltid",
  "ref",
  "ref_src",
  "mkt_tok",
  "awc",
  "PHPSESSID",
  "jsessionid",
])("%s marks the visit", (name) => {
  expect(isTrackingParameter(name, "x")).toBe(true);
  expect(isTrackingParameter(name, "")).toBe(true);
});

it.each([
  "utm_source",
  "utm_anything",
  "mtm_campaign",
  "_hsenc",
  "__hstc",
  "hsa_cam",
  "mc_cid",
  "WT.mc_id",
  "sfmc_id",
  "__cf_chl_tk",
])("%s is of a family that does", (name) => {
  expect(isTrackingParameter(name, "x")).toBe(true);
});

it.each([
  "",
  "p",
  "id",
  "lang",
  "page",
  "q",
  "v",
  "s",
  "sid",
  "utm",
  "utmx",
  "myutm_source",
  "pk",
  "pk_id",
  "reference",
  "href",
  "cid",
  "tag",
])("%j may choose the page", (name) => {
  expect(isTrackingParameter(name, "x")).toBe(false);
});

it("takes sid and s for a session when their value is an MD5 sum", () => {
  const md5 = "0123456789abcdef0123456789ABCDEF";
  expect(isTrackingParameter("sid", md5)).toBe(true);
  expect(isTrackingParameter("s", md5)).toBe(true);
  expect(isTrackingParameter("s", `${md5}0`)).toBe(false);
  expect(isTrackingParameter("id", md5)).toBe(false);
});

it("ignores letter case and an ampersand escaped twice", () => {
  expect(isTrackingParameter("UTM_SOURCE", "x")).toBe(true);
  expect(isTrackingParameter("amp;utm_source", "x")).toBe(true);
  expect(isTrackingParameter("amp;lang", "x")).toBe(false);
});

it.each(["constructor", "__proto__", "toString"])("knows nothing of %s", (name) => {
  expect(isTrackingParameter(name, "x")).toBe(false);
});
