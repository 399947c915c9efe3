import { onScopeDispose, ref, type Ref } from '@vue/reactivity' // or from 'vue', which exports the same
import { TextModel, type TextModelOptions } from 'sluice'

/** The model of a component: null until it is there, and destroyed with the component. */
export function useModel(options: TextModelOptions): { model: Ref<TextModel | null>; error: Ref<unknown> } {
  const model = ref(null) as Ref<TextModel | null>
  const error = ref<unknown>(null)
  const creating = TextModel.create(options)
  creating.then((made) => (model.value = made), (reason) => (error.value = reason))
  onScopeDispose(() => creating.then((made) => made.destroy(), () => {}))
  return { model, error }
}
