// What a .keras file says, without the times that HDF5 writes into it: the description, and the path, shape and numbers of each weight.
import { createHash } from 'node:crypto'
import { readHdf5 } from '../../../src/formats/keras/hdf5'
import { readZip } from '../../../src/formats/zip'

export async function structureOf(bytes: Uint8Array): Promise<string> {
  const files = await readZip(bytes)
  const { tensors } = await readHdf5(files.get('model.weights.h5')!)
  const hash = createHash('sha256').update(files.get('config.json')!)
  for (const [path, { shape, values }] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(JSON.stringify([path, shape])).update(values)
  return hash.digest('hex')
}
