// A chosen picture made small in the browser, so that a contact never carries a camera's whole image.

const sidePx = 256;

/** A square JPEG of 256 pixels as base64. Throws where the browser cannot read the picture. */
export async function shrinkPhoto(file: File): Promise<string> {
  const image = await createImageBitmap(file);
  const side = Math.min(image.width, image.height);
  const canvas = document.createElement('canvas');
  canvas.width = sidePx;
  canvas.height = sidePx;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  const x = (image.width - side) / 2;
  const y = (image.height - side) / 2;
  context.drawImage(image, x, y, side, side, 0, 0, sidePx, sidePx);
  return canvas.toDataURL('image/jpeg', 0.85).replace(/^[^,]*,/, '');
}
