// The worker: it owns the device and every model. All that computes or reads a text happens here, so the page never waits.
import { handlers } from './handlers'
import { serve } from './serve'

serve(handlers)
