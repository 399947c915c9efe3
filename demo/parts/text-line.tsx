// The text that a view trains on, and the link to choose another one.
import { strings } from '../page/language'

const words = strings(
  { titled: (name: string) => name, yourText: 'your text', read: (name: string) => `Text: ${name}.`, another: 'Choose another text on Train' },
  { titled: (name: string) => `《${name}》`, yourText: '你的文本', read: (name: string) => `文本：${name}。`, another: '到“训练”页换一段文本' },
)

/** A name within a sentence, between Unicode's isolation marks (as <bdi> does), so that neither changes the other's direction. */
export const isolated = (name: string) => (/[^\0-\u058f\u2000-\u2bff\u3000-\u9fff]/.test(name) ? `\u2068${name}\u2069` : name)

/** The name of a text within a sentence. */
export const textInWords = (name: string) => (name ? words.value.titled(isolated(name)) : words.value.yourText)

export function TextLine({ id, name }: { id: string; name: string }) {
  const w = words.value
  return (
    <p id={id} class="hint">
      {w.read(textInWords(name))} <a href="#train">{w.another}</a>
    </p>
  )
}
