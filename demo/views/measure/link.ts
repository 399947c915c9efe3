// A measurement in an address: its JSON, compressed, after the #. What comes out of one is the data of somebody else.
import { formatMeasurement, type GpuMeasurement } from 'sluice'

export const prefix = '#measure='

/** No more than that is unpacked: a small link could hold a large file. */
const maxBytes = 1 << 20

/** Four digits of a time are enough. */
const round = (_: string, value: unknown): unknown => (typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value)

/** The measurement for an address, about 5,000 characters. */
export async function encode(measurement: GpuMeasurement): Promise<string> {
  const packed = new Blob([JSON.stringify(measurement, round)]).stream().pipeThrough(new CompressionStream('deflate-raw'))
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer())
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** @throws for what is no measurement */
export async function decode(text: string): Promise<GpuMeasurement> {
  const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader()
  const parts: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.length
    if (size > maxBytes) {
      await reader.cancel()
      throw new Error('the measurement of the link is too long')
    }
    parts.push(part.value)
  }
  const measurement = JSON.parse(await new Blob(parts).text()) as GpuMeasurement
  formatMeasurement(measurement) // refuses what is none
  return measurement
}
