import photoshop from 'photoshop'
import uxp from 'uxp'
import type { PhotoshopModule } from '../types/photoshop.ts'
import type { UxpModule } from '../types/uxp.ts'

// The public typings ask putPixels for a right and bottom edge that Photoshop does not read, so imaging is not compared.
const compared: Omit<PhotoshopModule, 'imaging'> = photoshop

/** The module Photoshop gives to the plugin. */
export const photoshopModule: PhotoshopModule = compared

/** The module UXP gives to the plugin. */
export const uxpModule = uxp as UxpModule
