// Explains why a file lacks a tensor under its PyTorch name: how the module was changed before it was saved, and what to do.
import { SluiceError } from '../errors'
import type { Slot } from './pytorch-slots'

/** Changes of a module, by the tensors that they leave in the file instead. */
const changes: readonly { readonly leaves: (name: string) => readonly string[]; readonly explain: (name: string) => string }[] = [
  {
    leaves: (name) => [`${name}_g`, `${name}_v`],
    explain: (name) =>
      `it has weight norm (${last(name)}_g and ${last(name)}_v). Before state_dict(), call torch.nn.utils.remove_weight_norm(module, '${last(name)}')`,
  },
  {
    leaves: (name) => [parametrized(name, 'original0')],
    explain: (name) => `it has weight norm by a parametrization (${parametrized(last(name), 'original0')} and original1). ${removeParametrizations(name)}`,
  },
  {
    leaves: (name) => [parametrized(name, 'original')],
    explain: (name) =>
      `it has a parametrization (${parametrized(last(name), 'original')}), perhaps spectral_norm or orthogonal. ${removeParametrizations(name)}`,
  },
  {
    leaves: (name) => [`${name}_orig`, `${name}_mask`],
    explain: (name) =>
      `it is pruned (${last(name)}_orig and ${last(name)}_mask). Before state_dict(), call torch.nn.utils.prune.remove(module, '${last(name)}')`,
  },
  {
    leaves: (name) => [`${name}_orig`, `${name}_u`],
    explain: (name) =>
      `it has spectral norm (${last(name)}_orig and ${last(name)}_u). Before state_dict(), call torch.nn.utils.remove_spectral_norm(module, '${last(name)}')`,
  },
  {
    leaves: (name) => [`${name}_raw`],
    explain: (name) =>
      `it has weight dropout (${last(name)}_raw, the name of WeightDrop in fastai and AWD-LSTM). Save the raw weight under the name ${last(name)}`,
  },
]

const last = (name: string): string => name.split('.').at(-1)!
const parametrized = (name: string, part: string): string => `${name.slice(0, name.length - last(name).length)}parametrizations.${last(name)}.${part}`
const removeParametrizations = (name: string): string => `Before state_dict(), call torch.nn.utils.parametrize.remove_parametrizations(module, '${last(name)}')`

/** How a weight was changed before it was saved, and how to undo that; undefined if it was not changed. */
export const changeOf = (name: string, all: { has(name: string): boolean }): string | undefined =>
  changes.find(({ leaves }) => leaves(name).every((other) => all.has(other)))?.explain(name)

const short = (name: string): string => (name.length > 100 ? `…${name.slice(-60)}` : name)

/** The error for a tensor that the file lacks. */
export function missing({ name, shape, description: what, shapeText: words }: Slot, all: readonly string[]): SluiceError {
  const some = `${all.slice(0, 12).map(short).join(', ')}${all.length > 12 ? ` and ${all.length - 12} more` : ''}`
  return new SluiceError(
    'bad-file',
    `${short(name)}, ${what} [${shape.join(', ')}] (${words}), is not in the file. The file has ${some || 'no tensors'}. ${cause(name, what, new Set(all))}.`,
  )
}

function cause(name: string, what: string, all: ReadonlySet<string>): string {
  const change = changeOf(name, all)
  if (change) return `In the file ${change}`
  const names = [...all]
  for (const [beginning, who] of [
    ['module.', 'nn.DataParallel'],
    ['_orig_mod.', 'torch.compile'],
  ] as const)
    if (names.length > 0 && names.every((other) => other.startsWith(beginning)))
      return `All its names begin with ${beginning}, because ${who} saved it. Add that to the names, such as { prefix: '${beginning}lstm.', head: '${beginning}fc.' }, or save the state_dict of the inner module`
  if (names.some((other) => /(^|[./])(recurrent_)?kernel(:0)?$/.test(other)))
    return 'It has the names of Keras, whose layout is different. Convert the weights in Python first'
  if (/bias_[ih]h/.test(name) && all.has(name.replace('bias', 'weight'))) return 'If the module was created with bias=False, create the layer with bias: false'
  const cell = /^(.*?)\.?(\d*\.?)weight_ih$/.exec(names.find((other) => other.endsWith('weight_ih')) ?? '')
  if (cell && /_l\d+$/.test(name))
    return "Its cells (nn.LSTMCell, nn.GRUCell, nn.RNNCell) are separate modules: pass a list with the prefix of each layer, such as { prefix: ['cell1.', 'cell2.'] }"
  if (what.startsWith('head: W') && names.some((other) => /(^|\.)(emb|encoder|wte)/i.test(other)))
    return "If the head is tied to the embedding, the file has the weight once: add it under the name of the head too (tensors.set(…)). Otherwise pass the name of the head, such as { head: 'fc.' }"
  const suffix = /((weight|bias)_(ih|hh)_l\d+(_reverse)?|weight|bias)$/.exec(name)![0]
  const near = what.startsWith('head') || what === 'embedding' ? undefined : names.find((other) => other.endsWith(suffix))
  const prefix = near?.slice(0, near.length - suffix.length)
  return `Pass the names of the file, such as { prefix: '${prefix ?? 'lstm.'}', head: 'fc.', embedding: 'embed.' }`
}
