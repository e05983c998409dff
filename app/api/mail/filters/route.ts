// The filter rules of the signed-in user: kept, switched, put in order, removed. Every answer has all of them.
import { Refusal } from '#lib/errors.ts';
import { listRules, orderRules, removeRule, saveRule, switchRule } from '#lib/filters/rules.ts';
import { currentActor } from '../../../session.ts';
import { changeRoute, readJson, readRoute } from '../answer.ts';

const maxIds = 1000;

export const GET = readRoute(async ({ id }) => ({ rules: await listRules(id) }));

export const POST = changeRoute(async ({ id }, request) => {
  const { rule, id: ruleId } = await readJson(request);
  const own = typeof ruleId === 'string' ? ruleId : null;
  const saved = await saveRule(id, rule, own, await currentActor());
  return { rules: await listRules(id), saved: saved.id };
});

export const PATCH = changeRoute(async ({ id }, request) => {
  const { order, id: ruleId, isDisabled } = await readJson(request);
  if (Array.isArray(order)) {
    const ids = order.slice(0, maxIds).filter((each): each is string => typeof each === 'string');
    await orderRules(id, ids);
  } else {
    await switchRule(id, String(ruleId), isDisabled === true, await currentActor());
  }
  return { rules: await listRules(id) };
});

export const DELETE = changeRoute(async ({ id }, request) => {
  const ruleId = new URL(request.url).searchParams.get('id');
  if (!ruleId) throw new Refusal('invalid', 'Which rule?', 'id');
  await removeRule(id, ruleId, await currentActor());
  return { rules: await listRules(id) };
});
