// Short tones for new mail, made of sine waves in the browser: nothing is loaded.

type Note = { hertz: number; atMs: number; lengthMs: number; shape?: OscillatorType };

const sounds: Record<string, Note[]> = {
  bell: [
    { hertz: 880, atMs: 0, lengthMs: 900 },
    { hertz: 1760, atMs: 0, lengthMs: 500 },
  ],
  chime: [
    { hertz: 659, atMs: 0, lengthMs: 400 },
    { hertz: 784, atMs: 120, lengthMs: 400 },
    { hertz: 1047, atMs: 240, lengthMs: 700 },
  ],
  drop: [
    { hertz: 1200, atMs: 0, lengthMs: 90 },
    { hertz: 700, atMs: 70, lengthMs: 160 },
  ],
  wood: [
    { hertz: 330, atMs: 0, lengthMs: 90, shape: 'triangle' },
    { hertz: 440, atMs: 110, lengthMs: 120, shape: 'triangle' },
  ],
  nut: [{ hertz: 220, atMs: 0, lengthMs: 130, shape: 'triangle' }],
};

let context: AudioContext | null = null;

/** `volume` 1 to 100. Browsers stay silent on a page that nobody has touched yet. */
export async function playSound(name: string, volume: number): Promise<void> {
  const notes = sounds[name];
  if (!notes) return;
  context ??= new AudioContext();
  if (context.state === 'suspended') await context.resume();
  for (const note of notes) playNote(context, note, (volume / 100) ** 2);
}

function playNote(audio: AudioContext, note: Note, gain: number): void {
  const start = audio.currentTime + note.atMs / 1000;
  const end = start + note.lengthMs / 1000;
  const tone = audio.createOscillator();
  const loudness = audio.createGain();
  tone.type = note.shape ?? 'sine';
  tone.frequency.value = note.hertz;
  // From nothing and back to nothing, else it clicks.
  loudness.gain.setValueAtTime(0.0001, start);
  loudness.gain.exponentialRampToValueAtTime(Math.max(0.0002, gain), start + 0.012);
  loudness.gain.exponentialRampToValueAtTime(0.0001, end);
  tone.connect(loudness).connect(audio.destination);
  tone.start(start);
  tone.stop(end + 0.02);
}
