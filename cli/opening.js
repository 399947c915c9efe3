// The opening of samples: the first words of a text.

/** The grapheme clusters of a text: no cut within an emoji, or between a letter and its marks. Code points where there is no segmenter.
 * @param {string} text @returns {string[]} */
export function graphemesIn(text) {
  if (!('Segmenter' in Intl)) return [...text]
  return Array.from(new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(text), ({ segment }) => segment)
}

/** The first words of a text, as an opening for samples.
 * @param {string} content @returns {string} */
export function openingOf(content) {
  const [line = ''] = content.trimStart().slice(0, 1000).split(/\r?\n/, 1)
  const words = graphemesIn(line).slice(0, 12).join('')
  const start = words.includes(' ') ? words.slice(0, words.lastIndexOf(' ')) : graphemesIn(words).slice(0, 4).join('')
  return start || graphemesIn(content.slice(0, 64)).slice(0, 1).join('')
}
