import { writeFile } from "node:fs/promises";
import { AppError } from "../errors.ts";

/**
 * Writes what a command was asked to write.
 * @throws {AppError} `input` where a file is in the way and may not be replaced, and where it cannot be written
 */
export async function saveFile(file: string, text: string, mayReplace: boolean): Promise<void> {
  try {
    await writeFile(file, text, { flag: mayReplace ? "w" : "wx" });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    if (code === "EEXIST") {
      throw new AppError("input", `${file} is there already.`, { advice: "Add --force to replace it.", cause: error });
    }
    throw new AppError("input", `Cannot write ${file} (${code}).`, { cause: error });
  }
}
