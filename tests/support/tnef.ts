// A winmail.dat with files, as Outlook packs them (MS-OXTNEF).

export const u16 = (value: number) => Buffer.from([value & 255, (value >> 8) & 255]);
export const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};

/** One attribute; `length` may lie. */
export function attribute(level: 1 | 2, id: number, data: Buffer, length = data.length): Buffer {
  const sum = data.reduce((all, byte) => (all + byte) & 0xffff, 0);
  return Buffer.concat([Buffer.from([level]), u32(id), u32(length), data, u16(sum)]);
}

export const stream = (...attributes: Buffer[]) =>
  Buffer.concat([u32(0x223e9f78), u16(1), ...attributes]);
export const begin = attribute(2, 0x00069002, Buffer.alloc(14));
export const title = (name: Buffer) =>
  attribute(2, 0x00018010, Buffer.concat([name, Buffer.from([0])]));
export const data = (bytes: Buffer) => attribute(2, 0x0006800f, bytes);

export function makeTnef(files: readonly (readonly [name: string, bytes: Buffer])[]): Buffer {
  return stream(
    ...files.flatMap(([name, bytes]) => [begin, title(Buffer.from(name, 'latin1')), data(bytes)]),
  );
}
