// A strict reader of finished IMAP values for tests: parenthesised lists, NIL, numbers, quoted strings and
// literals; and checks of ENVELOPE and BODYSTRUCTURE against the grammar of RFC 3501 §9.
import assert from 'node:assert/strict';

export type Value = null | number | string | Value[];

/** Reads one value that must fill `bytes` exactly; throws on anything the grammar does not allow. */
export function readImap(bytes: Buffer): Value {
  const text = bytes.toString('latin1');
  let at = 0;
  const readList = (): Value[] => {
    const items: Value[] = [];
    at++;
    for (let isFirst = true; ; isFirst = false) {
      if (text[at] === ')') {
        at++;
        return items;
      }
      // Bodies and addresses may touch (RFC 3501 §9 1*body, 1*address), all else has one space between.
      if (text[at] === ' ') {
        assert.ok(!isFirst, 'space behind (');
        at++;
      } else if (!isFirst) assert.equal(text[at], '(', `no space at ${at}`);
      items.push(readValue());
    }
  };
  const readValue = (): Value => {
    if (text[at] === '(') return readList();
    if (text[at] === '"') {
      const match = /"((?:[^"\\\r\n\0\u0080-\u00ff]|\\["\\])*)"/y;
      match.lastIndex = at;
      const found = match.exec(text);
      assert.ok(found, `bad quoted string at ${at}`);
      at += found[0].length;
      return found[1]!.replace(/\\(.)/g, '$1');
    }
    if (text[at] === '{') {
      const match = /\{(\d+)\}\r\n/y;
      match.lastIndex = at;
      const found = match.exec(text);
      assert.ok(found, `bad literal at ${at}`);
      const start = at + found[0].length;
      at = start + Number(found[1]);
      assert.ok(at <= text.length, 'literal runs over the end');
      const content = bytes.subarray(start, at);
      assert.ok(!content.includes(0), 'NUL in a literal');
      return content.toString('utf8');
    }
    const match = /NIL|\d+/y;
    match.lastIndex = at;
    const found = match.exec(text);
    assert.ok(found, `no value at ${at}: ${text.slice(at, at + 20)}`);
    at += found[0].length;
    return found[0] === 'NIL' ? null : Number(found[0]);
  };
  const value = readValue();
  assert.equal(at, text.length, 'bytes behind the value');
  return value;
}

function isNString(value: Value | undefined): boolean {
  return value === null || typeof value === 'string';
}

/** RFC 3501 §9 envelope. */
export function checkEnvelope(value: Value | undefined): void {
  assert.ok(Array.isArray(value) && value.length === 10, 'envelope of ten');
  for (const i of [0, 1, 8, 9]) assert.ok(isNString(value[i]), `envelope ${i}`);
  for (const i of [2, 3, 4, 5, 6, 7]) {
    const list = value[i];
    if (list === null) continue;
    assert.ok(Array.isArray(list) && list.length > 0, 'address list');
    for (const address of list) {
      assert.ok(Array.isArray(address) && address.length === 4 && address.every(isNString));
    }
  }
}

function checkParameters(value: Value | undefined): void {
  if (value === null) return;
  assert.ok(Array.isArray(value) && value.length > 0 && value.length % 2 === 0, 'parameters');
  for (const item of value) assert.equal(typeof item, 'string');
}

function checkTail(tail: Value[]): void {
  assert.equal(tail.length, 3, 'disposition, language, location');
  const [disposition, language, location] = tail;
  if (disposition !== null) {
    assert.ok(Array.isArray(disposition) && disposition.length === 2);
    assert.equal(typeof disposition[0], 'string');
    checkParameters(disposition[1]);
  }
  if (Array.isArray(language))
    assert.ok(language.length > 0 && language.every((tag) => typeof tag === 'string'));
  else assert.ok(isNString(language));
  assert.ok(isNString(location));
}

/** RFC 3501 §9 body, with or without extension data (always all of it or none). */
export function checkBody(value: Value | undefined, isExtended: boolean): void {
  assert.ok(Array.isArray(value), 'body is a list');
  if (Array.isArray(value[0])) {
    const count = value.findIndex((item) => !Array.isArray(item));
    for (const child of value.slice(0, count)) checkBody(child, isExtended);
    assert.equal(typeof value[count], 'string', 'multipart subtype');
    const rest = value.slice(count + 1);
    if (!isExtended) {
      assert.equal(rest.length, 0);
      return;
    }
    checkParameters(rest[0]);
    checkTail(rest.slice(1));
    return;
  }
  const [type, subtype, parameters, id, description, encoding, octets, ...rest] = value;
  assert.equal(typeof type, 'string');
  assert.equal(typeof subtype, 'string');
  checkParameters(parameters);
  assert.ok(isNString(id) && isNString(description));
  assert.equal(typeof encoding, 'string');
  assert.equal(typeof octets, 'number');
  if (type === 'message' && subtype === 'rfc822') {
    checkEnvelope(rest.shift());
    checkBody(rest.shift(), isExtended);
    assert.equal(typeof rest.shift(), 'number');
  } else if (type === 'text') assert.equal(typeof rest.shift(), 'number');
  if (!isExtended) {
    assert.equal(rest.length, 0);
    return;
  }
  assert.ok(isNString(rest[0]), 'md5');
  checkTail(rest.slice(1));
}
