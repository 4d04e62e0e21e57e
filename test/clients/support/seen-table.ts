import type { ClientUnderTest, Transport, Variant } from "../clients.ts";
import type { Seen } from "./judge.ts";

export interface SeenConversation {
  client: ClientUnderTest;
  version: string;
  variant: Variant;
  transport: Transport;
  seen: Seen;
  note: string;
}
export function renderRows(conversations: readonly SeenConversation[]): string[] {
  return conversations.map((c) => JSON.stringify({ ...c, client: c.client.title }));
}
export const renderSeen = (c: readonly SeenConversation[]) => renderRows(c).join("\n");
