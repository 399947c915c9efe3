// Which text a view learns from, and where another one is chosen.
import { strings } from '../page/language'

const words = strings(
  { titled: (name: string) => name, yourText: 'your text', read: (name: string) => `Text: ${name}.`, another: 'Choose another text on Train' },
  { titled: (name: string) => `《${name}》`, yourText: '你的文本', read: (name: string) => `文本：${name}。`, another: '到“训练”页换一段文本' },
)

/** A name of the person's within a sentence, so that the one does not turn the other's direction: as <bdi>, between Unicode's own
 * marks. Empty stays empty. */
export const isolated = (name: string) => (/[^\0-\u058f\u2000-\u2bff\u3000-\u9fff]/.test(name) ? `\u2068${name}\u2069` : name)

/** The name of a text, as it stands in a sentence. */
export const textInWords = (name: string) => (name ? words.value.titled(isolated(name)) : words.value.yourText)

export function TextLine({ id, name }: { id: string; name: string }) {
  const w = words.value
  return (
    <p id={id} class="hint">
      {w.read(textInWords(name))} <a href="#train">{w.another}</a>
    </p>
  )
}
