// SASL mechanisms against tables of good and hostile responses.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type MechanismName, mechanismNames } from '#lib/settings/mechanisms.ts';
import {
  type Credentials,
  decodeResponse,
  responseLimitBytes,
  startMechanism,
} from '#server/auth/sasl.ts';

const bytes = (text: string) => Buffer.from(text, 'utf8');

/** Feeds every response; the last step's result. */
function run(name: MechanismName, responses: (string | Buffer | null)[]) {
  const mechanism = startMechanism(name);
  assert.ok(mechanism);
  let result = {};
  for (const response of responses) {
    result = mechanism.step(typeof response === 'string' ? bytes(response) : response);
  }
  return result;
}

const password = (
  username: string,
  secret: string,
  authzid = '',
): { credentials: Credentials } => ({
  credentials: { kind: 'password', authzid, username, password: secret },
});
const token = (username: string, value: string): { credentials: Credentials } => ({
  credentials: { kind: 'token', username, token: value },
});

describe('SASL', () => {
  const good: [string, MechanismName, (string | null)[], unknown][] = [
    ['PLAIN at once', 'PLAIN', ['\0ada\0secret'], password('ada', 'secret')],
    [
      'PLAIN after the empty challenge',
      'PLAIN',
      [null, '\0ada\0secret'],
      password('ada', 'secret'),
    ],
    ['PLAIN with authzid', 'PLAIN', ['boss\0ada\0s'], password('ada', 's', 'boss')],
    ['PLAIN with UTF-8', 'PLAIN', ['\0ada\0пароль ☃'], password('ada', 'пароль ☃')],
    ['PLAIN keeps a byte order mark', 'PLAIN', ['\0ada\0\ufeffx'], password('ada', '\ufeffx')],
    ['LOGIN', 'LOGIN', [null, 'ada', 'secret'], password('ada', 'secret')],
    ['LOGIN with the name at once', 'LOGIN', ['ada', 'secret'], password('ada', 'secret')],
    [
      'OAUTHBEARER of RFC 7628 §4.1',
      'OAUTHBEARER',
      [
        'n,a=user@example.com,\x01host=server.example.com\x01port=143\x01auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01',
      ],
      token('user@example.com', 'vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=='),
    ],
    [
      'OAUTHBEARER without a name',
      'OAUTHBEARER',
      ['n,,\x01auth=Bearer abc\x01\x01'],
      token('', 'abc'),
    ],
    [
      'OAUTHBEARER with an escaped name',
      'OAUTHBEARER',
      ['y,a=a=2Cb=3Dc,\x01auth=bearer t.o-k_e~n\x01\x01'],
      token('a,b=c', 't.o-k_e~n'),
    ],
    [
      'XOAUTH2',
      'XOAUTH2',
      ['user=ada@example.org\x01auth=Bearer ya29.x\x01\x01'],
      token('ada@example.org', 'ya29.x'),
    ],
    [
      'XOAUTH2 after the empty challenge',
      'XOAUTH2',
      [null, 'user=a\x01auth=Bearer t\x01\x01'],
      token('a', 't'),
    ],
  ];
  for (const [reason, name, responses, expected] of good) {
    it(`takes ${reason}`, () => assert.deepEqual(run(name, responses), expected));
  }

  const bad: [string, MechanismName, (string | Buffer)[]][] = [
    ['PLAIN: empty', 'PLAIN', ['']],
    ['PLAIN: one NUL', 'PLAIN', ['ada\0secret']],
    ['PLAIN: three NULs', 'PLAIN', ['\0ada\0sec\0ret']],
    ['PLAIN: no name', 'PLAIN', ['\0\0secret']],
    ['PLAIN: no password', 'PLAIN', ['\0ada\0']],
    ['PLAIN: broken UTF-8', 'PLAIN', [Buffer.from([0, 0x61, 0, 0xff, 0xfe])]],
    ['PLAIN: overlong UTF-8 of NUL', 'PLAIN', [Buffer.from([0, 0x61, 0xc0, 0x80, 0, 0x62])]],
    ['PLAIN: a surrogate', 'PLAIN', [Buffer.from([0, 0x61, 0, 0xed, 0xa0, 0x80])]],
    ['PLAIN: over the limit', 'PLAIN', [`\0ada\0${'x'.repeat(responseLimitBytes)}`]],
    ['LOGIN: empty name', 'LOGIN', ['']],
    ['LOGIN: NUL in the name', 'LOGIN', ['ada\0root']],
    ['LOGIN: empty password', 'LOGIN', ['ada', '']],
    ['OAUTHBEARER: empty', 'OAUTHBEARER', ['']],
    ['OAUTHBEARER: channel binding', 'OAUTHBEARER', ['p=tls-unique,,\x01auth=Bearer abc\x01\x01']],
    ['OAUTHBEARER: no end', 'OAUTHBEARER', ['n,,\x01auth=Bearer abc\x01']],
    ['OAUTHBEARER: no token', 'OAUTHBEARER', ['n,,\x01host=x\x01\x01']],
    ['OAUTHBEARER: two tokens', 'OAUTHBEARER', ['n,,\x01auth=Bearer a\x01auth=Bearer b\x01\x01']],
    ['OAUTHBEARER: another scheme', 'OAUTHBEARER', ['n,,\x01auth=Basic abc\x01\x01']],
    ['OAUTHBEARER: space in the token', 'OAUTHBEARER', ['n,,\x01auth=Bearer a b\x01\x01']],
    ['OAUTHBEARER: bad escape', 'OAUTHBEARER', ['n,a=x=00,\x01auth=Bearer a\x01\x01']],
    ['OAUTHBEARER: NUL', 'OAUTHBEARER', ['n,a=x\0,\x01auth=Bearer a\x01\x01']],
    ['OAUTHBEARER: a pair without "="', 'OAUTHBEARER', ['n,,\x01junk\x01auth=Bearer a\x01\x01']],
    ['XOAUTH2: no user', 'XOAUTH2', ['user=\x01auth=Bearer t\x01\x01']],
    ['XOAUTH2: no token', 'XOAUTH2', ['user=a\x01\x01']],
    ['XOAUTH2: line feed in the token', 'XOAUTH2', ['user=a\x01auth=Bearer t\nx\x01\x01']],
  ];
  for (const [reason, name, responses] of bad) {
    it(`refuses ${reason}`, () => assert.ok('error' in run(name, responses)));
  }

  it('asks LOGIN in the words that old clients wait for', () => {
    const login = startMechanism('LOGIN');
    assert.deepEqual(login?.step(null), { challenge: bytes('Username:') });
    assert.deepEqual(login?.step(bytes('ada')), { challenge: bytes('Password:') });
  });

  it('knows its mechanisms', () => {
    for (const name of mechanismNames) assert.equal(startMechanism(name).name, name);
  });

  it('keeps exchanges apart', () => {
    const [one, two] = [startMechanism('LOGIN'), startMechanism('LOGIN')];
    one?.step(bytes('ada'));
    assert.deepEqual(two?.step(bytes('eve')), { challenge: bytes('Password:') });
    assert.deepEqual(one?.step(bytes('s')), password('ada', 's'));
  });

  const lines: [string, string, string | null][] = [
    ['base64', 'AGFkYQBz', '\0ada\0s'],
    ['padding', 'YQ==', 'a'],
    ['the empty initial response', '=', ''],
    ['an empty line', '', ''],
    ['missing padding', 'YQ', null],
    ['too much padding', 'YQ===', null],
    ['padding alone', '====', null],
    ['padding in the middle', 'YQ==YQ==', null],
    ['a space', 'YQ= ', null],
    ['the URL alphabet', '_-_-', null],
    ['a cancel', '*', null],
    ['one octet over the limit', Buffer.alloc(responseLimitBytes + 3).toString('base64'), null],
  ];
  for (const [reason, line, expected] of lines) {
    it(`decodes ${reason}`, () => {
      assert.equal(decodeResponse(line)?.toString() ?? null, expected);
    });
  }
});
