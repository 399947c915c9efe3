// Where the files of a model are: beside an address, or behind a function.
import { checkBytes } from '../../bytes'
import { readSafely, show, SluiceError } from '../../errors'
import { badFile, objectOf } from '../keras/layers'

/** The address of the file that names the others, or a function that reads a file by its name. */
export type FileSource = string | URL | ((file: string) => ArrayBuffer | Uint8Array | Promise<ArrayBuffer | Uint8Array>)

type Read = Exclude<FileSource, string | URL>

/** The first file, which is JSON and names the others, and what reads those. @throws SluiceError `bad-file`, `bad-value`. */
export async function openFiles(source: FileSource, first: string): Promise<{ readonly json: Record<string, unknown>; readonly read: Read }> {
  const read = readerOf(source, first)
  const text = new TextDecoder().decode(checkBytes(first, await read(first)))
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw badFile(`${first} is not JSON: ${show(text)}. Is the address right?`, { cause })
  }
  return { json: objectOf(first, json), read }
}

/** Reads the first file from its address, and the others from beside it. @throws SluiceError `bad-value`. */
function readerOf(source: FileSource, first: string): Read {
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
