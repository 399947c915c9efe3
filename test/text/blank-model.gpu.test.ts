import { expect, test } from 'vitest'
import { adam, BlankModel, Corpus, SluiceError } from 'sluice'
import { testDevice } from '../support/kernel'

// Every hidden letter follows from its right neighbour alone: upper case before a full stop, lower case before a comma.
const letters = [...'abcdefgh']
let state = 7
const next = (n: number) => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 16) % n // its low bits are not random
const text = Array.from({ length: 1500 }, () => {
  const letter = letters[next(8)]!
  return next(2) ? `${letter.toUpperCase()}.` : `${letter},`
}).join('')

async function trained(bidirectional: boolean) {
  const corpus = Corpus.fromText(text)
  const model = await BlankModel.create({ device: await testDevice(), vocabulary: corpus.vocabulary, cell: 'gru', hidden: 24, bidirectional, seed: 1 })
  const losses = []
  for await (const { loss } of model.train(corpus, { batch: 16, steps: 20, epochs: 12, optimizer: adam({ rate: 1e-2 }) })) losses.push(loss)
  expect(losses.at(-1)).toBeLessThan(losses[0]!)
  return { corpus, model }
}

test('from both sides it knows what from one side it cannot', async () => {
  const [both, left] = [await trained(true), await trained(false)]
  const [two, one] = [await both.model.evaluate(both.corpus.heldOut), await left.model.evaluate(left.corpus.heldOut)]
  expect(two.hidden).toBe(one.hidden) // the same characters are hidden
  expect(two.perplexity).toBeLessThan(one.perplexity * 0.8)

  // Both signs follow from the letter before; whether a letter is upper or lower case only from the sign after it.
  const guess = async ({ model }: typeof both, sign: string) => {
    const { blanks, text: filled } = await model.guess(`A.b,_${sign}C.d,`, { top: 30 })
    expect(blanks.map(({ position }) => position)).toEqual([4])
    expect(filled).toBe(`A.b,${blanks[0]!.guesses[0]!.character}${sign}C.d,`)
    const probabilities = blanks[0]!.guesses.map(({ probability }) => probability)
    expect(probabilities).toEqual([...probabilities].sort((a, b) => b - a))
    expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6)
    return blanks[0]!.guesses.filter(({ character }) => /[A-H]/.test(character)).reduce((sum, { probability }) => sum + probability, 0)
  }
  expect(await guess(both, '.')).toBeGreaterThan(0.9)
  expect(await guess(both, ',')).toBeLessThan(0.1)
  expect(Math.abs((await guess(left, '.')) - (await guess(left, ',')))).toBeLessThan(1e-6)
  for (const { model } of [both, left]) model.destroy()
})

test('several blanks, another marker, and the same seed again', async () => {
  const { corpus, model } = await trained(true)
  const { blanks, text: filled } = await model.guess('A□b,C□d□', { blank: '□', top: 2 })
  expect(blanks.map(({ position, guesses }) => [position, guesses.length])).toEqual([
    [1, 2],
    [5, 2],
    [7, 2],
  ])
  expect(filled).toBe('A.b,C.d,')
  const again = await model.evaluate(corpus.heldOut, { seed: 5 })
  expect(await model.evaluate(corpus.heldOut, { seed: 5 })).toEqual(again)
  expect((await model.evaluate(corpus.heldOut, { seed: 6 })).hidden).not.toBe(again.hidden)
  // However the text is cut, every character can be hidden.
  expect((await model.evaluate(corpus.heldOut, { blanks: 1, steps: 7 })).hidden).toBe(corpus.heldOut.length)
  model.destroy()
})

test('is not clipped at an infinite norm, as a text model is not', async () => {
  const corpus = Corpus.fromText(text)
  const model = await BlankModel.create({ device: await testDevice(), vocabulary: corpus.vocabulary, hidden: 8 })
  for await (const { loss } of model.train(corpus, { batch: 4, steps: 10, epochs: 1, clipNorm: Infinity })) {
    expect(loss).toBeGreaterThan(0)
    break
  }
  model.destroy()
})

test('what is refused, and how', async () => {
  const corpus = Corpus.fromText('under_score and more '.repeat(60))
  const model = await BlankModel.create({ device: await testDevice(), vocabulary: corpus.vocabulary, hidden: 8 })
  const refused = async (work: Promise<unknown>) => {
    const error: unknown = await work.then(
      () => null,
      (e: unknown) => e,
    )
    expect(error).toBeInstanceOf(SluiceError)
    return (error as SluiceError).message
  }
  expect(await refused(model.guess('a_b'))).toMatch(/blank is "_" .*Mark blanks by another one/)
  expect(await refused(model.guess('more', { blank: '?' }))).toMatch(/has no "\?"/)
  expect(await refused(model.guess('m?re', { blank: '??' }))).toMatch(/expected one character/)
  expect(await refused(model.guess('m?rE', { blank: '?' }))).toMatch(/'E' \(U\+0045\) at character 3 of the text/)
  expect(await refused(model.guess(5 as never))).toMatch(/text is 5, expected a string/)
  expect(await refused(model.guess('m?re', { blank: '?', top: 0 }))).toMatch(/top is 0/)
  expect(await refused(model.evaluate('more', { blanks: 0 }))).toMatch(/blanks is 0/)
  expect(await refused(model.evaluate(''))).toMatch(/the text to evaluate on is empty/)
  expect(await refused(model.evaluate(5 as never))).toMatch(/ids is 5, expected a Uint32Array/)
  // The blank has an id, too, but is no character to be guessed.
  expect(await refused(model.evaluate(Uint32Array.of(0, model.vocabulary.size)))).toMatch(/ids\[1\] is \d+, expected less than \d+/)
  expect(await refused(model.evaluate('more', { seed: NaN }))).toMatch(/seed is NaN/)
  expect((await model.evaluate('mo', { blanks: 1e-9 })).hidden).toBe(1)
  expect(await refused(model.train(corpus, { blanks: 2 }).next())).toMatch(/blanks is 2/)
  expect(await refused(model.train(Corpus.fromText('other text '.repeat(200))).next())).toMatch(/another vocabulary/)
  expect(await refused(BlankModel.create({ vocabulary: {} as never }))).toMatch(/expected a Vocabulary/)
  model.destroy()
})
