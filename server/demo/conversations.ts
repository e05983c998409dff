// What the demo's people write to each other. Each conversation is a thread: who writes to whom, one text
// after another. "ada" and "ben" live on this server, the others outside.

export type Turn = {
  from: string;
  to: string[];
  cc?: string[];
  text: string;
  attachments?: ('plan.pdf' | 'photo.png' | 'figures.csv' | 'invite.ics' | 'notes.txt')[];
};
export type Conversation = { subject: string; turns: Turn[] };

export const conversations: Conversation[] = [
  {
    subject: 'Library reopening: who does what?',
    turns: [
      {
        from: 'grace',
        to: ['ada', 'ben'],
        text: 'Hello both,\n\nthe reading room opens again on the 12th. We still need somebody for the welcome desk, and the shelves in the east wing are not labelled yet.\n\nCan you split this between you?\n\nGrace',
      },
      {
        from: 'ben',
        to: ['grace'],
        cc: ['ada'],
        text: 'I take the labels. The printer on the second floor does the small ones, I tried it yesterday.\n\nBen',
      },
      {
        from: 'ada',
        to: ['ben', 'grace'],
        text: 'And I take the desk, mornings only. Could Mira do the afternoons? She offered last month.\n\nAda',
      },
      {
        from: 'grace',
        to: ['ada', 'ben'],
        text: 'Perfect. I have asked Mira. The floor plan is attached, the labels go where the green marks are.\n\nGrace',
        attachments: ['plan.pdf'],
      },
      {
        from: 'ada',
        to: ['grace'],
        cc: ['ben'],
        text: 'Thank you! The plan is very clear. One question: is the side door open for deliveries that day?',
      },
    ],
  },
  {
    subject: 'Photos from the lake',
    turns: [
      {
        from: 'mira',
        to: ['ada'],
        text: 'Dear Ada,\n\nthe evening light was worth the mosquitoes. Here is the best one.\n\nSee you in spring?\nMira',
        attachments: ['photo.png'],
      },
      {
        from: 'ada',
        to: ['mira'],
        text: 'What a sky! May I hang it in the hall?\n\nSpring is a promise.\nAda',
      },
      { from: 'mira', to: ['ada'], text: 'Of course. Tell me the size and I send the large file.' },
    ],
  },
  {
    subject: 'Quarterly figures, first draft',
    turns: [
      {
        from: 'ben',
        to: ['ada'],
        text: 'Here are the numbers as they stand. Row 14 looks odd to me: the postage doubled, and I cannot find the second invoice.\n\nBen',
        attachments: ['figures.csv'],
      },
      {
        from: 'ada',
        to: ['ben'],
        text: '> Row 14 looks odd to me\n\nThat was the anniversary mailing. The invoice is in the blue folder, I scan it tomorrow.\n\nEverything else matches my list.',
      },
      {
        from: 'ben',
        to: ['ada'],
        text: 'Found it, no need to scan. I will send the final version on Friday.',
      },
    ],
  },
  {
    subject: 'Workshop on Thursday',
    turns: [
      {
        from: 'lena',
        to: ['ada', 'ben'],
        text: 'Guten Tag zusammen,\n\nder Werkraum ist am Donnerstag von neun bis zwölf für uns reserviert. Bitte bringt feste Schuhe und größere Handschuhe mit.\n\nDie Einladung hängt an.\n\nSchöne Grüße\nLena',
        attachments: ['invite.ics'],
      },
      {
        from: 'ben',
        to: ['lena'],
        cc: ['ada'],
        text: 'Danke, Lena! Ich bin dabei.\n\nViele Grüße\nBen',
      },
    ],
  },
  {
    subject: 'Presupuesto para la cubierta',
    turns: [
      {
        from: 'tomas',
        to: ['ben'],
        text: 'Hola Ben:\n\nte envío el presupuesto para la cubierta nueva. Si lo aprobáis esta semana, empezamos el lunes. ¿Te va bien?\n\nUn abrazo,\nTomás',
        attachments: ['plan.pdf'],
      },
      {
        from: 'ben',
        to: ['tomas'],
        cc: ['ada'],
        text: 'Gracias, Tomás. Lo hablo con Ada y te digo mañana.',
      },
      {
        from: 'tomas',
        to: ['ben', 'ada'],
        text: 'Perfecto. El tiempo parece bueno hasta el jueves.',
      },
    ],
  },
  {
    subject: '来月の展示について',
    turns: [
      {
        from: 'yuki',
        to: ['ada'],
        text: 'アダ様\n\nいつもお世話になっております。来月の展示の件ですが、作品は十二点の予定です。会場の図面を送っていただけますか。\n\nよろしくお願いいたします。\n田中',
      },
      {
        from: 'ada',
        to: ['yuki'],
        text: 'Dear Yuki,\n\nthe drawing is attached. ありがとうございます!\n\nAda',
        attachments: ['plan.pdf'],
      },
    ],
  },
  {
    subject: 'Расписание на зиму',
    turns: [
      {
        from: 'olga',
        to: ['ben'],
        text: 'Здравствуйте, Бен!\n\nВысылаю расписание занятий на зиму. Обратите внимание: в январе первая встреча переносится на среду.\n\nС уважением,\nОльга',
        attachments: ['figures.csv'],
      },
      { from: 'ben', to: ['olga'], text: 'Спасибо, Ольга! Wednesday is fine for everybody here.' },
    ],
  },
  {
    subject: 'موعد الزيارة القادمة',
    turns: [
      {
        from: 'samir',
        to: ['ada'],
        text: 'السلام عليكم آدا،\n\nهل يناسبكم يوم الثلاثاء للزيارة؟ سنصل في العاشرة صباحًا ومعنا العينات الجديدة.\n\nمع أطيب التحيات،\nسمير',
      },
      {
        from: 'ada',
        to: ['samir'],
        text: 'Dear Samir,\n\nTuesday at ten is perfect. شكرًا!\n\nAda',
      },
    ],
  },
  {
    subject: 'ስለ መጽሐፉ',
    turns: [
      {
        from: 'hanna',
        to: ['ben'],
        text: 'ሰላም ቤን፣\n\nመጽሐፉ ትናንት ደረሰኝ። በጣም አመሰግናለሁ! የመጀመሪያውን ምዕራፍ አንብቤያለሁ።\n\nሃና',
      },
    ],
  },
  {
    subject: '关于新网站的建议',
    turns: [
      {
        from: 'li',
        to: ['ada', 'ben'],
        text: '你们好：\n\n新网站看起来很好。我有两个建议：首页的字体可以大一点，联系方式应该放在最上面。\n\n祝好\n李明',
      },
      {
        from: 'ben',
        to: ['li'],
        cc: ['ada'],
        text: 'Thank you, good points both. The font is changed already.',
      },
    ],
  },
  {
    subject: 'Ευχαριστώ για τη φιλοξενία',
    turns: [
      {
        from: 'eleni',
        to: ['ada'],
        text: 'Αγαπητή Άντα,\n\nευχαριστώ πολύ για τη φιλοξενία. Το ψωμί σας ήταν υπέροχο!\n\nΜε εκτίμηση,\nΕλένη',
        attachments: ['photo.png'],
      },
    ],
  },
  {
    subject: 'תודה על הספר',
    turns: [
      {
        from: 'noa',
        to: ['ben'],
        text: 'שלום בן,\n\nקיבלתי את הספר, תודה רבה! אחזיר אותו בשבוע הבא.\n\nנועה',
      },
    ],
  },
  {
    subject: 'कार्यक्रम की जानकारी',
    turns: [
      {
        from: 'priya',
        to: ['ada'],
        text: 'नमस्ते एडा,\n\nकार्यक्रम शनिवार को शाम पाँच बजे शुरू होगा। कृपया समय पर आइए।\n\nधन्यवाद,\nप्रिया',
        attachments: ['invite.ics'],
      },
    ],
  },
  {
    subject: '회의 일정 변경',
    turns: [
      {
        from: 'jun',
        to: ['ada', 'ben'],
        text: '안녕하세요,\n\n회의가 금요일 오후 세 시로 변경되었습니다. 확인 부탁드립니다.\n\n김준호 드림',
      },
    ],
  },
  {
    subject: 'Proofs for the brochure',
    turns: [
      {
        from: 'paul',
        to: ['ada'],
        text: 'Hi Ada,\n\nthe proofs are ready. Please check page three: the blue is darker on paper than on the screen.\n\nPaul Marchetti\nMarchetti Print',
        attachments: ['plan.pdf', 'photo.png'],
      },
      {
        from: 'ada',
        to: ['paul'],
        cc: ['ben'],
        text: 'The blue is fine. On page four the second paragraph lost its last line, could you look?\n\nAda',
      },
      {
        from: 'paul',
        to: ['ada'],
        cc: ['ben'],
        text: 'Well spotted. Corrected; we print on Monday.',
      },
      { from: 'ben', to: ['paul', 'ada'], text: 'Great work, everybody.' },
    ],
  },
  {
    subject: 'Server move on Sunday night',
    turns: [
      {
        from: 'ben',
        to: ['ada'],
        text: 'I would like to move the old mail server on Sunday after ten. Steps:\n\n1. lower the TTL on Friday\n2. copy the mailboxes on Saturday\n3. change MX on Sunday, watch the queue\n\nNobody should notice. Agreed?',
        attachments: ['notes.txt'],
      },
      {
        from: 'ada',
        to: ['ben'],
        text: 'Agreed. I will be on the phone in case the printer relay complains again.',
      },
      {
        from: 'ben',
        to: ['ada'],
        text: 'Done. Queue is empty, the last straggler arrived at 00:14. Good night!',
      },
      {
        from: 'ada',
        to: ['ben'],
        text: 'I did not notice a thing. That is the highest praise a mail server can get.',
      },
    ],
  },
];

/** Short one-offs; with their variations they fill the boxes. */
export const notes: { from: string; subject: string; text: string }[] = [
  {
    from: 'grace',
    subject: 'Key for the east wing',
    text: 'The key is with the caretaker. He is there until four.',
  },
  {
    from: 'mira',
    subject: 'Train times',
    text: 'The 8:12 has no dining car, the 9:40 does. I vote for 9:40.',
  },
  {
    from: 'paul',
    subject: 'Invoice 2207',
    text: 'Please find the invoice below.\n\n  Brochure, 500 copies   412.00\n  Delivery                18.00\n  Total                  430.00\n\nPayable within 30 days.',
  },
  {
    from: 'lena',
    subject: 'Handschuhe',
    text: 'Die großen Handschuhe sind wieder da. Ich lege zwei Paar zurück.',
  },
  {
    from: 'tomas',
    subject: 'Llaves',
    text: 'He dejado las llaves en la recepción. ¡Hasta el lunes!',
  },
  {
    from: 'eleni',
    subject: 'Συνταγή',
    text: 'Η συνταγή που ζήτησες: αλεύρι, νερό, αλάτι και υπομονή.',
  },
  { from: 'ben', subject: 'Lunch?', text: 'The soup place at half past twelve?' },
  {
    from: 'ada',
    subject: 'Minutes of Monday',
    text: 'Short version: the budget stands, the roof waits for dry weather, and we buy one printer, not two.',
  },
  {
    from: 'grace',
    subject: 'Lost and found',
    text: 'Somebody left a green scarf in the reading room. It is at the desk.',
  },
  {
    from: 'olga',
    subject: 'Ноты',
    text: 'Посылаю ноты для второго отделения. До встречи на репетиции!',
  },
  {
    from: 'yuki',
    subject: '写真のお礼',
    text: '素敵な写真をありがとうございました。額に入れて飾ります。',
  },
  { from: 'li', subject: '发票', text: '发票已经寄出，请查收。' },
  {
    from: 'jun',
    subject: '자료 보내드립니다',
    text: '요청하신 자료를 보내드립니다. 검토 후 회신 부탁드립니다.',
  },
  {
    from: 'mira',
    subject: 'Book for you',
    text: "I found the second volume at the market. It has somebody's pressed flowers in it.",
  },
];
