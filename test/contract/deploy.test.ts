import { readFile } from "node:fs/promises";
import { validate } from "dockerfile-utils";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ALL_SETTINGS } from "../../src/config/http-settings.ts";

const read = (file: string) => readFile(new URL(`../../deploy/${file}`, import.meta.url), "utf8");

const ENV_NAMES = ALL_SETTINGS.flatMap(({ facts }) => facts.env);

/** Every setting of ours that a text speaks of. */
const namesIn = (text: string) => [...new Set(text.match(/\b(?:DOMAIN_PAGES|AISA)_[A-Z_]+\b/g) ?? [])];

describe("what is shipped to run the service with", () => {
  it.each(["Dockerfile", "compose.yaml", "domain-pages-mcp.service"])(
    "%s speaks of settings that exist",
    async (file) => {
      const names = namesIn(await read(file));
      expect(names.length).toBeGreaterThan(2);
      for (const name of names) expect(ENV_NAMES).toContain(name);
    },
  );
});

describe("the Dockerfile", () => {
  it("is clean by the linter, which does find faults", async () => {
    expect(validate(await read("Dockerfile"))).toEqual([]);
    expect(validate("FROM node:24\nRUNN npm ci\n")).not.toEqual([]);
  });

  it("runs as nobody special, with a health check, and stops by the signal that drains", async () => {
    const last = (await read("Dockerfile")).split(/^FROM /m).at(-1) ?? "";
    expect(last).toMatch(/^USER 1000:1000$/m);
    expect(last).toMatch(/^HEALTHCHECK /m);
    expect(last).toMatch(/^STOPSIGNAL SIGTERM$/m);
    expect(last).toMatch(/^ENTRYPOINT \["node", "\/app\/main\.js"\]$/m);
    // Nothing is installed where it runs: the build is all there is.
    expect(last).not.toMatch(/npm (?:ci|install)/);
  });
});

describe("the compose file", () => {
  it("has two replicas, a store that keeps books, and a balancer, all locked down", async () => {
    const { services } = parse(await read("compose.yaml"));
    expect(services.app.deploy.replicas).toBe(2);
    expect(services.app.environment.DOMAIN_PAGES_STORE).toMatch(/^redis:\/\/valkey:/);
    expect(services.valkey.command).toEqual(expect.arrayContaining(["--appendonly", "noeviction"]));
    for (const service of Object.values<Record<string, unknown>>(services)) {
      expect(service).toMatchObject({ read_only: true, cap_drop: ["ALL"], security_opt: ["no-new-privileges:true"] });
    }
    // Only the balancer can be reached, and only from this machine until TLS stands before it.
    expect(services.balancer.ports).toEqual(["127.0.0.1:8080:8080"]);
    expect([services.app.ports, services.valkey.ports]).toEqual([undefined, undefined]);
  });

  it("has tokens in a folder, which can be mounted without going on showing what was replaced", async () => {
    const { services, volumes, secrets } = parse(await read("compose.yaml"));
    const file: string = services.app.environment.DOMAIN_PAGES_HTTP_TOKENS_FILE;
    const mounts: string[] = services.app.volumes;
    expect(mounts.map((mount) => mount.split(":").at(-1))).toEqual([file.slice(0, file.lastIndexOf("/"))]);
    expect(volumes).toHaveProperty("tokens");
    expect(secrets).toBeUndefined();
  });

  it.each(["compose.yaml", "domain-pages-mcp.service"])("%s gives calls under way their time", async (file) => {
    const text = await read(file);
    const drain = Number(/DRAIN_SECONDS[=:] ?"?(\d+)/.exec(text)?.[1]);
    const grace = Number(/(?:stop_grace_period: |TimeoutStopSec=)(\d+)/.exec(text)?.[1]);
    // The upstream may take 130 s; the process needs a moment after the last call.
    expect(drain).toBeGreaterThan(130);
    expect(grace).toBeGreaterThan(drain + 5);
  });
});
