// Turning a picture by a quarter before it is sent: drawn anew on a canvas, so its other facts (place, camera) go too.
import type { Upload } from '#lib/webmail/compose/uploads.ts';
import { uploadFile } from './upload-file.ts';

const turnable = /^image\/(?:jpeg|png|webp)$/;
/** A canvas beyond that is refused by phones. */
const mostPixels = 40_000_000;
const quality = 0.92;

export const isTurnable = ({ type }: Upload): boolean => turnable.test(type);

/** The picture a quarter to the right, as a new upload of the same name. Rejects where the browser cannot draw it. */
export async function turnPicture({ id, fileName, type }: Upload): Promise<Upload> {
  const answer = await fetch(`/api/mail/upload?id=${encodeURIComponent(id)}`);
  const picture = await createImageBitmap(await answer.blob());
  const { width, height } = picture;
  if (width * height > mostPixels) throw new Error('too many pixels');
  const canvas = document.createElement('canvas');
  canvas.width = height;
  canvas.height = width;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  context.translate(height, 0);
  context.rotate(Math.PI / 2);
  context.drawImage(picture, 0, 0);
  picture.close();
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, quality));
  if (blob?.type !== type) throw new Error('not drawn');
  const { done } = uploadFile(new File([blob], fileName, { type }), () => {});
  const upload = await done;
  if (!upload) throw new Error('not kept');
  return upload;
}
