import { createSignal, onCleanup, type Accessor } from 'solid-js'
import { TextModel, type TextModelOptions } from 'sluice'

/** The model of a component: null until it is there, and destroyed with the component. */
export function createModel(options: TextModelOptions): { model: Accessor<TextModel | null>; error: Accessor<unknown> } {
  const [model, setModel] = createSignal<TextModel | null>(null)
  const [error, setError] = createSignal<unknown>(null)
  const creating = TextModel.create(options)
  creating.then((made) => setModel(() => made), (reason) => setError(() => reason))
  onCleanup(() => creating.then((made) => made.destroy(), () => {}))
  return { model, error }
}
