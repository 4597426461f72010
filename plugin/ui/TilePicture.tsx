import { useRef } from 'react'
import { useHostEvent } from './widgets/host-element.ts'

interface TilePictureProps {
  readonly look: 'sheet-picture' | 'tile-picture'
  /** Undefined as long as there is nothing to see. */
  readonly url: string | undefined
  readonly alt: string
  readonly onClick: () => void
}

/** One of several pictures side by side, or the place where it will be. */
export function TilePicture({ look, url, alt, onClick }: TilePictureProps) {
  const ref = useRef<HTMLDivElement>(null)
  useHostEvent(ref, 'click', onClick)
  return (
    <div ref={ref}>{url === undefined ? <div className={look} /> : <img className={look} src={url} alt={alt} />}</div>
  )
}
