// How something that was done to many ended.

export type BulkReport = {
  done: number;
  refused: number;
  /** The first of them */
  reasons: { address: string; text: string }[];
};

const mostTold = 20;

export function noteRefusal(report: BulkReport, address: string, text: string): void {
  report.refused++;
  if (report.reasons.length < mostTold) report.reasons.push({ address, text });
}
