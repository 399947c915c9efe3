// Where the files of a model are: beside an address, or behind a function.
import { readSafely, show, SluiceError } from '../../errors'
import { badFile } from '../keras/layers'

/** The address of the file that names the others, or a function that reads a file by its name. */
export type FileSource = string | URL | ((file: string) => ArrayBuffer | Uint8Array | Promise<ArrayBuffer | Uint8Array>)

/** Reads the first file from its address, and the others from beside it. @throws SluiceError `bad-value`. */
export function readerOf(source: FileSource, first: string): (file: string) => ArrayBuffer | Uint8Array | Promise<ArrayBuffer | Uint8Array> {
  if (typeof source === 'function') return source
  if (typeof source !== 'string' && readSafely('source', source, () => Object.prototype.toString.call(source)) !== '[object URL]')
    throw new SluiceError('bad-value', `source is ${show(source)}, expected the address of ${first}, or a function that reads a file by its name`)
  // A worker has no document, Node neither.
  const base = typeof document !== 'undefined' ? document.baseURI : typeof location !== 'undefined' ? location.href : undefined
  let address: URL
  try {
    address = new URL(source, base)
  } catch (cause) {
    throw new SluiceError('bad-value', `source is ${show(source)}, expected the address of ${first}, such as https://example.org/${first}`, { cause })
  }
  return async (file) => {
    const url = file === first ? address : new URL(file, address)
    const response = await fetch(url).catch((cause: unknown) => {
      throw badFile(`${url.href.slice(0, 200)} cannot be fetched. Is the address right, and does the server allow this page?`, { cause })
    })
    if (!response.ok) throw badFile(`${url.href.slice(0, 200)} cannot be fetched: ${response.status} ${response.statusText}. Is the address right?`)
    return response.arrayBuffer()
  }
}
