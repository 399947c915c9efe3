import { TextModel } from 'sluice'

/** The model of a component: null until it is there, and destroyed with the component. Call it while the component is made. */
export function useModel(options) {
  const state = $state({ model: null, error: null })
  $effect(() => {
    const creating = TextModel.create(options)
    creating.then((made) => (state.model = made), (reason) => (state.error = reason))
    return () => {
      creating.then((made) => made.destroy(), () => {})
    }
  })
  return state
}
