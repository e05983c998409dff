// What a vector tries to run, and how tables are written. OUT stands for the address of a server that none may reach,
// with the number of the vector; PORT for its port.

export type Vector = [why: string, html: string];

export const cry = "fetch('OUT/ran');parent.postMessage('ran','*');alert(1)";

export const svg = (inner: string) =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg">${inner}</svg>`)}`;
