// Weights of a PyTorch module, run on the GPU. The module, and how it was saved:
//
//   class Speaker(nn.Module):
//       def __init__(self):
//           self.embed = nn.Embedding(7, 4)
//           self.lstm = nn.LSTM(4, 5, num_layers=2, bidirectional=True)
//           self.fc = nn.Linear(2 * 5, 7)
//
//   safetensors.torch.save_file(speaker.state_dict(), 'speaker.safetensors')
import { fromPyTorch, Network, readSafetensors, type Gpu, type NetworkSpec } from 'sluice'

const spec: NetworkSpec = {
  input: { ids: 7, embedding: 4 },
  layers: [
    { cell: 'lstm', hidden: 5, bidirectional: true },
    { cell: 'lstm', hidden: 5, bidirectional: true },
  ],
  head: { classes: 7 },
}

interface Run {
  steps: number
  batch: number
  /** What stands before the names in the file. */
  prefix?: string
  /** How the names of tensors begin that the file has beside these; one that nothing reads is an error otherwise. */
  ignore?: string[]
  device?: Gpu
}

/** Logits [T, B, 7] for ids [T, B]. */
export async function runSpeaker(file: ArrayBuffer, ids: Uint32Array, { steps, batch, prefix = '', ignore = [], device }: Run): Promise<Float32Array> {
  const { tensors } = readSafetensors(file)
  const network = await Network.create({ ...spec, ...(device && { device }) })
  try {
    network.writeParameters(fromPyTorch(tensors, spec, { prefix: `${prefix}lstm.`, head: `${prefix}fc.`, embedding: `${prefix}embed.`, ignore }))
    const { logits } = await network.run({ steps, batch, ids })
    return logits
  } finally {
    network.destroy() // closes the device too, if the network opened it
  }
}
