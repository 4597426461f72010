import type { HTMLAttributes, ReactNode, Ref } from 'react'

interface SpProps extends Pick<HTMLAttributes<HTMLElement>, 'title'> {
  readonly children?: ReactNode
  readonly class?: string
  readonly slot?: string
  readonly size?: string
  readonly ref?: Ref<HTMLElement>
}

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'sp-action-button': SpProps & {
        readonly quiet?: boolean
        readonly 'aria-label'?: string
        readonly 'aria-expanded'?: 'true' | 'false'
        readonly 'aria-pressed'?: 'true' | 'false'
      }
      'sp-button': SpProps & { readonly variant?: 'cta' | 'primary' | 'secondary' }
      'sp-label': SpProps
      'sp-menu': SpProps
      'sp-menu-item': SpProps & { readonly key?: string; readonly selected?: true }
      'sp-picker': SpProps
      'sp-progressbar': SpProps & { readonly max?: number; readonly value?: number; readonly 'show-value'?: string }
      'sp-slider': SpProps & {
        readonly min: number
        readonly max: number
        readonly 'show-value'?: string
        readonly variant?: 'filled'
      }
      'sp-textarea': SpProps & { readonly placeholder?: string }
      'sp-textfield': SpProps & { readonly placeholder?: string; readonly quiet?: boolean }
    }
  }
}
