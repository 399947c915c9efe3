// Reads the vocabulary of a text model's file.
import { SluiceError } from '../errors'
import type { ModelFile, ModelKind } from '../formats/model-file'
import { Vocabulary } from './vocabulary'

/** The vocabulary of a file with a model of this kind. The sizes of its network must fit the vocabulary.
 * @throws SluiceError `bad-file`. */
export function savedVocabulary(file: ModelFile, kind: ModelKind, sizes: (vocabulary: Vocabulary) => { ids: number; classes: number }): Vocabulary {
  const {
    model,
    spec: { input, head },
    vocabulary: json,
  } = file
  if (model !== kind) throw new SluiceError('bad-file', `the file has a ${model}, expected a ${kind}. Load it with ${model}.load.`)
  const vocabulary = Vocabulary.fromJSON(json)
  const { ids, classes } = sizes(vocabulary)
  const fits = 'ids' in input && input.ids === ids && head && 'classes' in head && head.classes === classes && head.at !== 'last'
  if (!fits)
    throw new SluiceError(
      'bad-file',
      `the file has a vocabulary of ${vocabulary.size} characters and a network with input ${JSON.stringify(input)} and head ${JSON.stringify(head)}, ` +
        `expected ${ids} ids and ${classes} classes at every step. Was the file put together from two models?`,
    )
  return vocabulary
}
