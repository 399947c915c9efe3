// The little of the DOM that every view needs. Text goes in as text: nothing here, or anywhere, parses HTML.

/** The element of index.html with this id. */
export function element<Type extends HTMLElement>(id: string, type: new () => Type): Type {
  const found = document.getElementById(id)
  if (found instanceof type) return found
  throw new Error(`index.html has no ${type.name} with the id ${id}`)
}

export function create<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, className = '', ...children: (Node | string)[]): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  if (className) made.className = className
  made.append(...children)
  return made
}

/** The number in a field. Empty counts as `empty`; what is no number is NaN, for the library to complain about. */
export function numberIn(field: HTMLInputElement, empty = NaN): number {
  return field.value === '' && !field.validity.badInput ? empty : field.valueAsNumber
}
