// The SASL mechanisms there are, strongest first: clients that do not weigh them take the first they know.

export const mechanismNames = [
  'SCRAM-SHA-256-PLUS',
  'SCRAM-SHA-256',
  'PLAIN',
  'LOGIN',
  'OAUTHBEARER',
  'XOAUTH2',
] as const;
export type MechanismName = (typeof mechanismNames)[number];
