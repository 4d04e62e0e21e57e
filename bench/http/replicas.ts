export async function benchReplicas(): Promise<string[]> {
  return [];
}
