// Why a tensor of PyTorch's is not in a file under the name that was looked for: what was done to the module before it was
// saved, and the way out.
import { SluiceError } from '../errors'
import type { Slot } from './pytorch'

/** What else a file has where a module was changed before it was saved. */
const changes: readonly { readonly has: (name: string) => readonly string[]; readonly say: (name: string) => string }[] = [
  {
    has: (name) => [`${name}_g`, `${name}_v`],
    say: (name) =>
      `it is weight-normed there (${last(name)}_g and ${last(name)}_v). Before state_dict(), call torch.nn.utils.remove_weight_norm(module, '${last(name)}')`,
  },
  {
    has: (name) => [parametrized(name, 'original0')],
    say: (name) => `it is weight-normed there by a parametrization (${parametrized(last(name), 'original0')} and original1). ${removeParametrizations(name)}`,
  },
  {
    has: (name) => [parametrized(name, 'original')],
    say: (name) =>
      `it is parametrized there (${parametrized(last(name), 'original')}), by spectral_norm or orthogonal perhaps. ${removeParametrizations(name)}`,
  },
  {
    has: (name) => [`${name}_orig`, `${name}_mask`],
    say: (name) =>
      `it is pruned there (${last(name)}_orig and ${last(name)}_mask). Before state_dict(), call torch.nn.utils.prune.remove(module, '${last(name)}')`,
  },
  {
    has: (name) => [`${name}_orig`, `${name}_u`],
    say: (name) =>
      `it is spectral-normed there (${last(name)}_orig and ${last(name)}_u). Before state_dict(), call torch.nn.utils.remove_spectral_norm(module, '${last(name)}')`,
  },
  {
    has: (name) => [`${name}_raw`],
    say: (name) =>
      `it is dropped from by a wrapper there (${last(name)}_raw, as WeightDrop of fastai and AWD-LSTM names it). Save the raw weight under the name ${last(name)}`,
  },
]

const last = (name: string): string => name.split('.').at(-1)!
const parametrized = (name: string, part: string): string => `${name.slice(0, name.length - last(name).length)}parametrizations.${last(name)}.${part}`
const removeParametrizations = (name: string): string => `Before state_dict(), call torch.nn.utils.parametrize.remove_parametrizations(module, '${last(name)}')`

/** What was done to a weight before it was saved, and how to undo it; undefined if nothing of the kind. */
export const changeOf = (name: string, all: { has(name: string): boolean }): string | undefined =>
  changes.find(({ has }) => has(name).every((other) => all.has(other)))?.say(name)

const short = (name: string): string => (name.length > 100 ? `…${name.slice(-60)}` : name)

/** The error for a slot that no tensor of the file fills. */
export function missing({ name, shape, what, words }: Slot, all: readonly string[]): SluiceError {
  const some = `${all.slice(0, 12).map(short).join(', ')}${all.length > 12 ? ` and ${all.length - 12} more` : ''}`
  return new SluiceError(
    'bad-file',
    `${short(name)}, ${what} [${shape.join(', ')}] (${words}), is not in the file, which has ${some || 'no tensors'}. ${cause(name, what, new Set(all))}.`,
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
      return `All its names begin with ${beginning}, as ${who} saves: give it with the other names, such as { prefix: '${beginning}lstm.', head: '${beginning}fc.' }, or save the state_dict of the module inside`
  if (names.some((other) => /(^|[./])(recurrent_)?kernel(:0)?$/.test(other)))
    return 'Its names are those of Keras, whose layout is another one. Convert the weights in Python first'
  if (/bias_[ih]h/.test(name) && all.has(name.replace('bias', 'weight'))) return 'If the module was made with bias=False, give the layer bias: false'
  const cell = /^(.*?)\.?(\d*\.?)weight_ih$/.exec(names.find((other) => other.endsWith('weight_ih')) ?? '')
  if (cell && /_l\d+$/.test(name))
    return "It has cells (nn.LSTMCell, nn.GRUCell, nn.RNNCell), each a module of its own: give the prefix of each layer in a list, such as { prefix: ['cell1.', 'cell2.'] }"
  if (what.startsWith('head: W') && names.some((other) => /(^|\.)(emb|encoder|wte)/i.test(other)))
    return "If the head shares its weight with the embedding (tied), the file has it once: put it in under the name of the head too (tensors.set(…)). Otherwise give the name that the head has, such as { head: 'fc.' }"
  const suffix = /((weight|bias)_(ih|hh)_l\d+(_reverse)?|weight|bias)$/.exec(name)![0]
  const near = what.startsWith('head') || what === 'embedding' ? undefined : names.find((other) => other.endsWith(suffix))
  const prefix = near?.slice(0, near.length - suffix.length)
  return `Give the names that the file has, such as { prefix: '${prefix ?? 'lstm.'}', head: 'fc.', embedding: 'embed.' }`
}
