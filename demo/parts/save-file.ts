// Saves data as a file of the person's.
export function saveFile(data: Blob, name: string): void {
  const href = URL.createObjectURL(data)
  Object.assign(document.createElement('a'), { href, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(href), 60_000)
}

/** A report of a GPU as JSON, under the adapter's name. */
export function saveReport(kind: 'verify' | 'measure', report: { readonly adapter: { readonly name: string } }): void {
  saveFile(new Blob([jsonOf(report)], { type: 'application/json' }), `${fileName(kind, report)}.json`)
}

export const jsonOf = (report: object): string => `${JSON.stringify(report, null, 1)}\n`

/** `measure-google-swiftshader`. */
export const fileName = (kind: string, { adapter }: { readonly adapter: { readonly name: string } }): string =>
  `${kind}-${adapter.name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40)}`
