#!/usr/bin/env node
// TypeScript runs as it is; newer versions of Node would need no loader.
import { register } from 'tsx/esm/api'

register()
await import('../main.ts')
