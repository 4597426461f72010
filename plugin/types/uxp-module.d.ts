declare module 'uxp' {
  import type { UxpModule } from './uxp.ts'

  const uxp: UxpModule
  export default uxp
}
