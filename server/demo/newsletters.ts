// HTML newsletters of the demo: tables, inline styles, remote images and a tracking pixel, as real ones
// have them, so that the webmail's cleaner and its image consent have something to show.

export type Newsletter = {
  from: { name: string; address: string };
  subject: string;
  html: string;
  text: string;
};

type Story = { title: string; text: string };

function layout(brand: string, colour: string, intro: string, stories: Story[]): string {
  const rows = stories
    .map(
      ({ title, text }, index) => `<tr><td style="padding:20px 32px;border-top:1px solid #e6e8eb">
<img src="https://images.${brand.toLowerCase().replace(/[^a-z]/g, '')}.example/story-${index}.jpg" width="536" height="180" alt="" style="display:block;border-radius:8px;background:#eef1f4">
<h2 style="margin:16px 0 6px;font-size:18px;color:#1b1f24">${title}</h2><p style="margin:0;color:#4a5058;line-height:1.6">${text}</p>
<p style="margin:12px 0 0"><a href="https://www.${brand.toLowerCase().replace(/[^a-z]/g, '')}.example/read/${index}?utm_source=mail" style="color:${colour};font-weight:600;text-decoration:none">Read on →</a></p></td></tr>`,
    )
    .join('\n');
  return `<!doctype html><html><head><style>@media (max-width:600px){.box{width:100%!important}}</style></head>
<body style="margin:0;background:#f3f4f6;font-family:Helvetica,Arial,sans-serif">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:24px">
<table role="presentation" class="box" width="600" cellpadding="0" cellspacing="0" style="background:#fff;border-radius:12px;overflow:hidden">
<tr><td style="background:${colour};padding:28px 32px;color:#fff;font-size:24px;font-weight:700">${brand}</td></tr>
<tr><td style="padding:24px 32px;color:#1b1f24;line-height:1.6">${intro}</td></tr>
${rows}
<tr><td style="padding:20px 32px;color:#8a9099;font-size:12px">You get this letter because you asked for it. <a href="https://www.${brand.toLowerCase().replace(/[^a-z]/g, '')}.example/unsubscribe" style="color:#8a9099">Unsubscribe</a>
<img src="https://track.${brand.toLowerCase().replace(/[^a-z]/g, '')}.example/open.gif?id=8812" width="1" height="1" alt=""></td></tr>
</table></td></tr></table></body></html>`;
}

function make(
  brand: string,
  colour: string,
  subject: string,
  intro: string,
  stories: Story[],
): Newsletter {
  const host = `${brand.toLowerCase().replace(/[^a-z]/g, '')}.example`;
  return {
    from: { name: brand, address: `letter@${host}` },
    subject,
    html: layout(brand, colour, intro, stories),
    text: [intro, ...stories.map((story) => `${story.title}\n${story.text}`)].join('\n\n'),
  };
}

export const newsletters: Newsletter[] = [
  make(
    'Garden Weekly',
    '#2f7d4f',
    'What to sow before the frost',
    'Good morning, dear gardener. Three jobs for a dry weekend.',
    [
      {
        title: 'Broad beans like it cold',
        text: 'Put them in now, a hand deep, and they will thank you in May with the first harvest of the year.',
      },
      {
        title: 'A bed for garlic',
        text: 'Choose the biggest cloves, point upwards, and cover them with last year’s leaves.',
      },
      {
        title: 'Leave the hedge alone',
        text: 'Hedgehogs have moved in. The shears can wait until spring.',
      },
    ],
  ),
  make(
    'Tidewater Books',
    '#24507a',
    'Five new books for long evenings',
    'Our shop windows are full again. These are the ones we could not put down.',
    [
      {
        title: 'The Cartographer’s Daughter',
        text: 'A family draws a coast that moves, and the sea keeps correcting them.',
      },
      {
        title: 'Bread and Salt',
        text: 'Essays on hospitality from eleven kitchens, with recipes that work.',
      },
    ],
  ),
  make(
    'Night Sky',
    '#3b2f73',
    'The Leonids are back',
    'Clear nights ahead. Here is where and when to look up.',
    [
      {
        title: 'After midnight, facing east',
        text: 'Give your eyes twenty minutes without a screen. The best hour is the one before dawn.',
      },
      {
        title: 'Saturn at its brightest',
        text: 'A small telescope shows the rings, tilted as widely as they will be for years.',
      },
    ],
  ),
  make(
    'Riverside Market',
    '#b0472c',
    'This Saturday: apples, honey, live music',
    'Forty stalls, rain or shine, from eight to one.',
    [
      {
        title: 'Apple day',
        text: 'Bring the ones from your garden; the pomologist names them for you.',
      },
      { title: 'Honey tasting', text: 'Lime, heather, and the first rape honey of the season.' },
    ],
  ),
];
