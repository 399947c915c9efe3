// The models that write as the page opens: tools/opening.mjs trained them on our own texts.
import type { Story } from '../shared/texts'
import chinese from './chinese.safetensors?url'
import english from './english.safetensors?url'

export const addresses: Readonly<Record<Story, string>> = { english, chinese }
