// The last resort: the frame of the page itself failed, so nothing of it can be used.
'use client';

export default function GlobalError({ reset }: { reset: () => void }) {
  return (
    <html lang="en">
      <body
        style={{ fontFamily: 'system-ui, sans-serif', padding: '4rem 1.5rem', textAlign: 'center' }}
      >
        <h1 style={{ fontSize: '1.1rem' }}>The server could not show this page</h1>
        <p>Its log has the details.</p>
        <button type="button" onClick={reset}>
          Try again
        </button>
      </body>
    </html>
  );
}
