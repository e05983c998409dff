// The REST API. Which endpoints there are stands in lib/api; whoever asks shows a token, and cookies count for nothing here.
import { isLoopback } from '#lib/accounts/network.ts';
import { answerApi } from '#lib/api/answer.ts';
import { isSecureRequest } from '../../../secure-request.ts';
import { currentRemote } from '../../../session.ts';

export const dynamic = 'force-dynamic';

async function answer(request: Request): Promise<Response> {
  const remote = await currentRemote();
  const isSafe = isLoopback(remote) || (await isSecureRequest());
  return answerApi(request, { remote, isSafe });
}

export {
  answer as DELETE,
  answer as GET,
  answer as HEAD,
  answer as OPTIONS,
  answer as PATCH,
  answer as POST,
  answer as PUT,
};
