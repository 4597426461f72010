import * as z from 'zod'

// UXP forbids building functions from text, which zod would otherwise try as soon as the first schema is made; so this
// module comes before all that make one.
z.config({ jitless: true })
