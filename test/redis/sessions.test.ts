import { expect, it, vi } from "vitest";
import { describeRedis, PREFIX } from "./rooms.ts";

const RECORD = { id: "session-1", owner: "ann", initialize: { jsonrpc: "2.0", method: "initialize", params: {} } };

describeRedis("sessions that replicas share", ({ open, look, server }) => {
  it("are gone on with by another replica, until they are ended", async () => {
    const [a, b] = [open().sessions, open().sessions];
    await a.put(RECORD, 60_000);
    expect(await b.use(RECORD.id, 60_000)).toEqual(RECORD);
    await b.delete(RECORD.id);
    expect(await a.use(RECORD.id, 60_000)).toBeUndefined();
    await a.delete(RECORD.id);
  });

  it("end when they are not used for their time, which begins anew with each use", async () => {
    const { sessions } = open();
    await sessions.put(RECORD, 200);
    await sessions.use(RECORD.id, 60_000);
    const [key = ""] = await look().keys(`${PREFIX}session:*`);
    expect(await look().pttl(key)).toBeGreaterThan(50_000);
    await sessions.use(RECORD.id, 50);
    await vi.waitFor(async () => expect(await look().exists(key)).toBe(0));
    expect(await sessions.use(RECORD.id, 60_000)).toBeUndefined();
  });

  it.each(["", "*", `${RECORD.id}\n`, "x".repeat(100_000)])("are none for another id", async (id) => {
    const { sessions } = open();
    await sessions.put(RECORD, 60_000);
    expect(await sessions.use(id, 60_000)).toBeUndefined();
    expect((await look().keys("*")).join()).not.toContain(RECORD.id);
  });

  it.each(["{", "null", '{"id":"another","owner":"ann","initialize":{}}'])(
    "that are damaged, as %j, are none",
    async (text) => {
      const replica = open();
      await replica.sessions.put(RECORD, 60_000);
      const [key = ""] = await look().keys(`${PREFIX}session:*`);
      await look().set(key, text);
      expect(await replica.sessions.use(RECORD.id, 60_000)).toBeUndefined();
      expect(replica.problems).toEqual([{ kind: "damaged", what: "session" }]);
    },
  );

  it("cannot be told while Redis is gone", { timeout: 20_000 }, async () => {
    const { sessions } = open();
    await sessions.put(RECORD, 60_000);
    await server().kill();
    const calls = [() => sessions.put(RECORD, 1), () => sessions.use(RECORD.id, 1), () => sessions.delete(RECORD.id)];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({
        kind: "unavailable",
        message: "The shared store cannot be reached, so sessions cannot be looked up now.",
      });
    }
    await server().start();
    await vi.waitFor(async () => expect(await sessions.use(RECORD.id, 60_000)).toEqual(RECORD), 5000);
  });
});

describeRedis("mail between replicas", ({ open, look, server }) => {
  const isHeard = async (replicas: number) => {
    await vi.waitFor(async () => {
      expect(await look().pubsub("NUMSUB", `${PREFIX}mail`)).toEqual([`${PREFIX}mail`, replicas]);
    }, 5000);
  };

  it("is heard by all others and not by the one that sent it", async () => {
    const replicas = [open(), open(), open()];
    const heard: unknown[][] = replicas.map(() => []);
    for (const [index, { mail }] of replicas.entries()) mail.listen((...news) => heard[index]?.push(news));
    await isHeard(3);
    const message = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } };
    await replicas[0]?.mail.send("s1", { kind: "message", message });
    await replicas[1]?.mail.send("s2", { kind: "ended" });
    const first = ["s1", { kind: "message", message }];
    const second = ["s2", { kind: "ended" }];
    await vi.waitFor(() => expect(heard).toEqual([[second], [first], [first, second]]));
  });

  it("is heard until the listening ends", async () => {
    const [a, b] = [open(), open()];
    const heard: string[] = [];
    const listen = (name: string) => a.mail.listen((id) => heard.push(`${name} ${id}`));
    const [stopFirst] = [listen("first"), listen("second")];
    await isHeard(1);
    await b.mail.send("1", { kind: "ended" });
    await vi.waitFor(() => expect(heard).toEqual(["first 1", "second 1"]));
    stopFirst();
    await b.mail.send("2", { kind: "ended" });
    await vi.waitFor(() => expect(heard).toEqual(["first 1", "second 1", "second 2"]));
  });

  it("comes through again after Redis was gone", { timeout: 20_000 }, async () => {
    const [a, b] = [open(), open()];
    const heard: string[] = [];
    a.mail.listen((id) => heard.push(id));
    await isHeard(1);
    await server().kill();
    await b.mail.send("lost", { kind: "ended" });
    expect(b.problems).toMatchObject([{ kind: "unreachable" }, { kind: "mail_lost" }]);
    await server().start();
    await isHeard(1);
    await vi.waitFor(() => expect(b.isReady()).toBe(true), 5000);
    await b.mail.send("found", { kind: "ended" });
    await vi.waitFor(() => expect(heard).toEqual(["found"]));
  });

  it.each(["{", "[]", '["x","s",{"kind":"other"}]', '["x",1,{"kind":"ended"}]', '["x","s",{"kind":"ended"},1]'])(
    "that is not ours, as %j, is passed over and reported",
    async (text) => {
      const replica = open();
      const heard: string[] = [];
      replica.mail.listen((id) => heard.push(id));
      await isHeard(1);
      await look().publish(`${PREFIX}mail`, text);
      await open().mail.send("after", { kind: "ended" });
      await vi.waitFor(() => expect(heard).toEqual(["after"]));
      expect(replica.problems).toEqual([{ kind: "damaged", what: "mail" }]);
    },
  );

  it("that is too large is not sent", async () => {
    const { mail, problems } = open();
    await mail.send("s", { kind: "message", message: "x".repeat(5 * 1024 * 1024) });
    expect(problems).toEqual([{ kind: "mail_lost", code: "too_large" }]);
  });
});
