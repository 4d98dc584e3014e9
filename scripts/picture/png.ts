/** PNG files of few colours: charts and text lose nothing that an eye sees, and two thirds of their size. */
import { createRequire } from 'node:module';

/** https://github.com/photopea/UPNG.js, which brings no types. */
interface Upng {
  decode(file: ArrayBuffer): { readonly width: number; readonly height: number };
  /** The RGBA pixels of each frame. */
  toRGBA8(image: object): ArrayBuffer[];
  /** `colors`: 0 keeps all. */
  encode(frames: readonly ArrayBuffer[], width: number, height: number, colors: number): ArrayBuffer;
}

const upng = createRequire(import.meta.url)('upng-js') as Upng;
const COLORS = 128;

/** In and out: a PNG file. */
export function small(png: Buffer): Buffer {
  const image = upng.decode(Uint8Array.from(png).buffer);
  const quantized = Buffer.from(upng.encode(upng.toRGBA8(image), image.width, image.height, COLORS));
  return quantized.length < png.length ? quantized : png;
}
