/** Arguments of comply_test_controller. Source: AdCP `compliance/comply-test-controller-request.json`. */
import type { JsonObject } from '../../../engine/types.ts';
import type { AccountReference } from '../../../service/api.ts';
import { readNaturalKey } from '../account-reference.ts';
import { ArgumentReader, IssueList } from '../argument-reader.ts';

export interface ControllerArguments {
  readonly scenario: string;
  readonly params: JsonObject;
  readonly account: AccountReference | undefined;
  /** False: the call does not say that it is about a sandbox. */
  readonly isSandbox: boolean;
}

/** The account says `sandbox: true`, and may say nothing else; or it names one in either way. */
export function readController(args: JsonObject): ControllerArguments {
  const issues = new IssueList();
  const reader = new ArgumentReader(args, [], issues);
  const scenario = reader.string('scenario', { required: true, charsMax: 100 });
  const params = reader.object('params') ?? {};
  const named = reader.object('account') ?? {};
  const inside = new ArgumentReader(named, reader.pathOf('account'), issues);
  // 3.0 knows calls without an account.
  const isSandbox = !reader.has('account') || inside.boolean('sandbox') === true;
  const accountId = inside.string('account_id', { charsMax: 255 });
  const account =
    accountId === undefined
      ? inside.has('brand')
        ? readNaturalKey(named, reader.pathOf('account'), issues)
        : undefined
      : ({ kind: 'id', accountId } as const);
  issues.settle();
  return { scenario: scenario ?? '', params, account, isSandbox };
}
