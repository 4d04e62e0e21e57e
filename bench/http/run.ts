import { benchCold } from "./cold.ts";
import { benchHits } from "./hits.ts";
import { benchMemory } from "./memory.ts";
import { benchReplicas } from "./replicas.ts";

// `npm run bench:http [-- hits|cold|replicas|memory]`: the built service under load, on the loopback address alone.
const SECTIONS = { hits: benchHits, cold: benchCold, replicas: benchReplicas, memory: benchMemory } as const;

const wanted = process.argv.slice(2);
for (const [name, bench] of Object.entries(SECTIONS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`## ${name}`);
  for (const line of await bench()) console.log(line);
  console.log();
}
