// Sending a file to the server with progress; fetch cannot tell how much has left, XMLHttpRequest can.
import type { Upload } from '#lib/webmail/compose/uploads.ts';
import { RequestError } from '../state/request.ts';

/** Starts at once. `onShare` is told 0 to 1; `done` gives null after `cancel`, else rejects with RequestError. */
export function uploadFile(
  file: File,
  onShare: (share: number) => void,
): { done: Promise<Upload | null>; cancel: () => void } {
  const request = new XMLHttpRequest();
  const done = new Promise<Upload | null>((resolve, reject) => {
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onShare(event.loaded / event.total);
    };
    request.onload = () => {
      const answer = request.response as { upload?: Upload; error?: string } | null;
      if (request.status === 200 && answer?.upload) resolve(answer.upload);
      else reject(new RequestError(request.status, answer?.error ?? 'Could not be attached.'));
    };
    request.onerror = () => reject(new RequestError(0, 'No connection to the server.'));
    request.onabort = () => resolve(null);
  });
  request.open('POST', `/api/mail/upload?name=${encodeURIComponent(file.name)}`);
  request.responseType = 'json';
  request.setRequestHeader('content-type', file.type || 'application/octet-stream');
  request.send(file);
  return { done, cancel: () => request.abort() };
}
