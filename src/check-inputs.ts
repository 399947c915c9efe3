// Checks what the layers and the head of a network read.
import { checkList, show, SluiceError } from './errors'
import { isDense, isFinal, recurrentLayers, sourcesOf, type NetworkSpec, type Reader, type Source } from './spec'

/** A checked copy of what layer `l` reads, or the head (`l` is then the number of layers).
 * @throws SluiceError `bad-value`. */
export function checkInputs(name: string, unchecked: readonly Source[], l: number): readonly Source[] {
  const list = checkList(`${name}.inputs`, unchecked, "of what it reads, such as ['input', 0]", { min: 1 })
  list.forEach((source, n) => {
    const here = `${name}.inputs[${n}]`
    if (source !== 'input' && !(Number.isSafeInteger(source) && (source as number) >= 0 && (source as number) < l))
      throw new SluiceError(
        'bad-value',
        `${here} is ${show(source)}, expected 'input'${l === 0 ? '' : l === 1 ? ' or 0, the layer before it' : `, or the number of a layer before it, 0 to ${l - 1}`}`,
      )
    if (list.indexOf(source) < n) throw new SluiceError('bad-value', `${here} is ${show(source)} for the second time, expected each input once`)
  })
  return list
}

const nameOf = (reader: Reader): string => (reader === 'head' ? 'head' : `layers[${reader}]`)
const of = (source: Source): string => (source === 'input' ? "'input'" : `layers[${source}]`)

/** Checks how the layers of a description hang together; each of them is checked already.
 * @throws SluiceError `bad-value`. */
export function checkWiring(spec: NetworkSpec): void {
  const { input, layers, head } = spec
  if (recurrentLayers(spec).length === 0)
    throw new SluiceError('bad-value', "layers has dense layers only, expected at least one recurrent layer, such as { cell: 'gru', hidden: 128 }")
  const readers: readonly Reader[] = [...layers.keys(), ...(head ? ['head' as const] : [])]
  const oneHot = 'ids' in input && input.embedding === undefined
  for (const reader of readers) {
    const sources = sourcesOf(spec, reader)
    const reads = reader === 'head' || isDense(layers[reader]!)
    if (oneHot && sources.includes('input') && (reads || sources.length > 1))
      throw new SluiceError(
        'bad-value',
        `${nameOf(reader)} reads ids${sources.length > 1 ? ' beside other inputs' : ''}, which only a recurrent layer can that reads nothing else. Give the ids a learned embedding: input: { ids: ${input.ids}, embedding: 32 }`,
      )
    if (head?.at === 'last' && (reader === 'head' || isFinal(spec, reader))) checkFinal(spec, reader, sources)
  }
  const read = new Set(readers.flatMap((reader) => sourcesOf(spec, reader)))
  const unread = [...layers.keys()].find((l) => !read.has(l) && (head !== undefined || l < layers.length - 1))
  if (unread !== undefined)
    throw new SluiceError('bad-value', `nothing reads layers[${unread}], expected a layer after it or the head to. Name it in their inputs, or take it away`)
}

/** What works on final states cannot read what is at every step. @throws SluiceError `bad-value`. */
function checkFinal(spec: NetworkSpec, reader: Reader, sources: readonly Source[]): void {
  const wrong = sources.find((source) => source === 'input' || (isDense(spec.layers[source]!) && !isFinal(spec, source)))
  if (wrong === undefined) return
  throw new SluiceError(
    'bad-value',
    `${nameOf(reader)} reads ${of(wrong)} at every step, but head.at is 'last': the head, and dense layers after the last recurrent one, read final states. Read recurrent layers, or dense layers after them`,
  )
}
