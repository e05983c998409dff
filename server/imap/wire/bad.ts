// The client broke the grammar: answered with a tagged BAD and this text (RFC 3501 §7.1.3).

export class Bad extends Error {
  constructor(text: string) {
    super(text);
    this.name = 'Bad';
  }
}
