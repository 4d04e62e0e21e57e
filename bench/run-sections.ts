/** Prints the sections that the command line names, or all. */
export async function runSections(sections: Readonly<Record<string, () => Promise<string[]>>>): Promise<void> {
  const wanted = process.argv.slice(2);
  for (const [name, bench] of Object.entries(sections)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.log(`## ${name}`);
    for (const line of await bench()) console.log(line);
    console.log();
  }
}
