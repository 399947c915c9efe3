// A button that cannot be pressed for now.

/** Its attributes. It keeps the keyboard focus, which `disabled` would lose. */
export const ariaDisabled = (disabled: boolean, press: (event: MouseEvent) => unknown) => ({
  'aria-disabled': disabled,
  onClick: (event: MouseEvent) => void (disabled || press(event)),
})
