// The people of the demo: two users of this server and those who write to them.

export type Person = { name: string; address: string };

export const ada: Person = { name: 'Ada Fairweather', address: 'ada@demo.test' };
export const ben: Person = { name: 'Ben Okafor', address: 'ben@demo.test' };

export const others: Record<string, Person> = {
  mira: { name: 'Mira Lindqvist', address: 'mira@nordlight.example' },
  tomas: { name: 'Tomás Herrera', address: 'tomas.herrera@correo.example' },
  yuki: { name: '田中 由紀', address: 'yuki@hashi.example' },
  olga: { name: 'Ольга Смирнова', address: 'olga@pochta.example' },
  samir: { name: 'سمير حداد', address: 'samir@barid.example' },
  hanna: { name: 'ሃና ተስፋዬ', address: 'hanna@melikt.example' },
  li: { name: '李明', address: 'li.ming@youjian.example' },
  eleni: { name: 'Ελένη Παπαδάκη', address: 'eleni@tachydromio.example' },
  noa: { name: 'נועה לוי', address: 'noa@doar.example' },
  priya: { name: 'प्रिया शर्मा', address: 'priya@daak.example' },
  jun: { name: '김준호', address: 'junho@pyeonji.example' },
  grace: { name: 'Grace Whitfield', address: 'grace@riverside-school.example' },
  lena: { name: 'Lena Vogt', address: 'lena.vogt@werkstatt.example' },
  paul: { name: 'Paul Marchetti', address: 'paul@marchetti-print.example' },
};
