// The line to the terminal that demo/launch/script.mjs gives a page.
declare global {
  var sluicePrint: (line: string) => Promise<void>
}

export const print = (line: string): Promise<void> => globalThis.sluicePrint(line)
export type Parameters = Readonly<Record<string, string | undefined>>
