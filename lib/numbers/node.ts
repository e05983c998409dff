// The name of this machine in what every machine counts for itself.
import { hostname } from 'node:os';

/** DREY_NODE, else the name that the operating system has. */
export function nodeName(): string {
  return (process.env.DREY_NODE || hostname()).slice(0, 100);
}
