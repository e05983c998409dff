// What the panel may ask of the running daemon beyond rows in the database. A new operation is one line here.
// The web app has proven who asks; an operation checks its input like anything from outside.
import { answerDkimCheck } from '../delivery/sign/check.ts';
import { answerReverseNames } from '../dns/reverse-names.ts';
import { answerDoctor } from '../doctor/index.ts';
import { explainRoute } from '../queue/explain-route.ts';
import { listChecks } from '../smtp/checks/listed.ts';
import { explainMail } from '../smtp/explain.ts';
import { runRelayTest } from '../smtp/relay-test/relay-watch.ts';
import {
  answerBackupMessage,
  answerBackupSearch,
  answerBackups,
  beginBackupWork,
} from './backup.ts';
import {
  answerAcmeChange,
  answerAcmeTerms,
  answerCertificateCheck,
  answerProposedNames,
} from './certificates.ts';
import { answerDomainCheck } from './domain-check.ts';
import { answerJobs, answerRunJob } from './jobs.ts';
import { learnFromUser } from './learn.ts';
import { answerListeners, answerTryListeners } from './listeners.ts';
import { trySmartHost } from './smart-host.ts';
import { sendTestMail } from './test-mail.ts';

/** Takes parsed JSON, gives what JSON can hold. Refusals are told to the asker. */
export type Operation = (input: unknown) => Promise<unknown>;

export const operations: Record<string, Operation> = {
  explain: explainMail,
  checks: async () => listChecks(),
  'explain-route': explainRoute,
  'relay-test': runRelayTest,
  'dkim-check': answerDkimCheck,
  'domain-check': answerDomainCheck,
  'certificate-check': answerCertificateCheck,
  'certificate-names': answerProposedNames,
  'acme-terms': answerAcmeTerms,
  'acme-account': answerAcmeChange,
  'reverse-names': answerReverseNames,
  learn: learnFromUser,
  jobs: answerJobs,
  'run-job': answerRunJob,
  listeners: answerListeners,
  'try-listeners': answerTryListeners,
  doctor: answerDoctor,
  'smart-host': trySmartHost,
  'test-mail': sendTestMail,
  backups: answerBackups,
  'backup-work': beginBackupWork,
  'backup-search': answerBackupSearch,
  'backup-message': answerBackupMessage,
};
