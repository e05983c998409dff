// The last resort: the frame of the page itself failed, so nothing of it can be used.
'use client';

export default function GlobalError({ reset }: { reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <h1>The server could not show this page</h1>
        <p>Its log has the details.</p>
        <button type="button" onClick={reset}>
          Try again
        </button>
      </body>
    </html>
  );
}
