import { getMetadataStorage } from 'class-validator';
import '../../src/app.module.js';
import { AddEligibleDto } from '../../src/campaigns/eligibility/eligibility.dto.js';
import { requestValidation } from '../../src/platform/http/request-validation.js';
import { Problem } from '../../src/platform/problems/problem.js';

type Type = abstract new () => object;

interface Complaint {
  readonly field: string;
  readonly message: string;
}

const pipe = requestValidation();

/** What the service answers to a body, or a query, of this type; empty if it takes it. */
async function complaints(type: Type, value: object): Promise<readonly Complaint[]> {
  try {
    await pipe.transform(value, { type: 'body', metatype: type as never });
    return [];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.details.members?.errors as Complaint[];
  }
}

interface Rule {
  readonly name?: string;
  readonly propertyName: string;
}

/** Everything that a request may be: all types with rules but those of environment variables. */
const types = [
  ...(getMetadataStorage() as unknown as { validationMetadatas: ReadonlyMap<Type, readonly Rule[]> })
    .validationMetadatas,
].filter(([, rules]) => rules.some(({ propertyName }) => !/^[A-Z_]+$/.test(propertyName)));

/** The properties of all types that have this rule. */
const ruled = (rule: string): [string, string, Type][] =>
  types.flatMap(([type, rules]) =>
    rules
      .filter(({ name }) => name === rule)
      .map(({ propertyName }): [string, string, Type] => [type.name, propertyName, type]),
  );

it('all types are found', () => {
  expect(types.map(([{ name }]) => name)).toEqual(
    expect.arrayContaining([
      'CreateCampaignDto',
      'ProposeDecisionDto',
      'PeoplePageQuery',
      'CreateEndpointDto',
    ]),
  );
});

describe('a field that is missing is called missing', () => {
  it.each(types.map(([type]): [string, Type] => [type.name, type]))('%s', async (_, type) => {
    const found = await complaints(type, {});
    expect(found.map(({ message }) => message)).toEqual(found.map(({ field }) => `${field} is missing`));
  });

  it('one of them, and all', async () => {
    const [create] = ruled('isCurrency').filter(([name]) => name === 'CreateCampaignDto');
    expect((await complaints(create![2], {})).map(({ field }) => field).sort()).toEqual(
      ['amount', 'capacity', 'currency', 'id', 'name'], // all that it needs
    );
  });
});

describe('the simplest thing that is wrong is told first', () => {
  it.each(ruled('isString'))('%s.%s must be a string', async (_, field, type) => {
    const found = await complaints(type, { [field]: 5 });
    expect(found).toContainEqual({ field, message: `${field} must be a string` });
  });

  it.each(ruled('isInt'))('%s.%s must be an integer', async (_, field, type) => {
    const found = await complaints(type, { [field]: 'many' });
    expect(found).toContainEqual({ field, message: `${field} must be an integer number` });
  });
});

describe('a list of user ids', () => {
  it.each([
    [['11', '12', 13], 'userIds[2] must be a string with a decimal in 1..2^63-1, such as "42"'],
    [['0', '12'], 'userIds[0] must be a decimal in 1..2^63-1'],
    [['11', null], 'userIds[1] must be a string with a decimal in 1..2^63-1, such as "42"'],
  ])('%j: the first that is wrong is named', async (userIds, message) => {
    expect(await complaints(AddEligibleDto, { userIds })).toEqual([{ field: 'userIds', message }]);
  });
});
