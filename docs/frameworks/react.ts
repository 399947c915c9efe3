import { useEffect, useState } from 'react'
import { TextModel, type TextModelOptions } from 'sluice'

/** The model of a component: null until it is there, and destroyed with the component. */
export function useModel(options: TextModelOptions): TextModel | null {
  const [model, setModel] = useState<TextModel | null>(null)
  useEffect(() => {
    let mounted = true
    const creating = TextModel.create(options)
    creating.then(
      (made) => mounted && setModel(made),
      (error) => mounted && setModel(() => { throw error }), // for the nearest error boundary
    )
    return () => {
      mounted = false
      setModel(null)
      creating.then((made) => made.destroy(), () => {})
    }
  }, []) // another model for other options: name them here
  return model
}
