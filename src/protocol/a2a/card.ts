import { AgentCard } from 'a2a-sdk-v1';
import type { AgentSkill } from 'a2a-sdk-v1';

import type { JsonObject } from '../../engine/types.ts';
import { servedOperations } from '../adcp/operations.ts';
import { isPublic } from '../adcp/operation-names.ts';
import type { AnyOperation } from '../adcp/operation-names.ts';
import type { BuildFacts } from '../adcp/capabilities.ts';
import { adcpExtension } from './binding.ts';

interface SkillText {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
}

/** What people read of a skill; programs go by its id. */
const skillTexts = {
  get_adcp_capabilities: {
    name: 'What this seller offers',
    description: 'AdCP releases, identifier types, minimum audience size and measured latency. Needs no key.',
    tags: ['discovery'],
  },
  list_accounts: {
    name: 'List accounts',
    description: 'The accounts that your key may use.',
    tags: ['accounts'],
  },
  sync_accounts: {
    name: 'Declare accounts',
    description: 'Declares the brands that you act for, and says who is billed.',
    tags: ['accounts'],
  },
  sync_audiences: {
    name: 'Sync audiences',
    description: 'Uploads hashed customer lists and reports status and counted match rates. It can delete.',
    tags: ['audiences'],
  },
  get_task_status: {
    name: 'Status of a task',
    description: 'How far an AdCP task is, and its result.',
    tags: ['tasks'],
  },
  list_tasks: { name: 'List tasks', description: 'Your AdCP tasks, newest first.', tags: ['tasks'] },
  get_products: {
    name: 'List products',
    description: 'What can be bought, and at which price.',
    tags: ['media-buys'],
  },
  list_creative_formats: {
    name: 'List formats of creatives',
    description: 'The formats that products take, and the agents that define them.',
    tags: ['media-buys'],
  },
  create_media_buy: {
    name: 'Create a media buy',
    description: 'Buys packages, restricted to audiences or without them.',
    tags: ['media-buys'],
  },
  update_media_buy: {
    name: 'Change a media buy',
    description: 'Pauses, resumes, cancels and changes a media buy.',
    tags: ['media-buys'],
  },
  get_media_buys: {
    name: 'List media buys',
    description: 'States of your media buys, and which audiences impair them.',
    tags: ['media-buys'],
  },
  get_media_buy_delivery: {
    name: 'Delivery of media buys',
    description: 'Impressions, clicks and spend.',
    tags: ['media-buys'],
  },
  comply_test_controller: {
    name: 'Test controller',
    description: 'Forces states of sandbox accounts. For tests.',
    tags: ['testing'],
  },
} as const satisfies Record<AnyOperation, SkillText>;

const json = 'application/json';
const bearer = 'bearer';
const bearerSays = 'An API key of this seller.';

function skillOf(operation: AnyOperation): AgentSkill {
  const { name, description, tags } = skillTexts[operation];
  return {
    id: operation,
    name,
    description,
    tags: [...tags],
    examples: [],
    inputModes: [json],
    outputModes: [json],
    securityRequirements: isPublic(operation) ? [] : [{ schemes: { [bearer]: { list: [] } } }],
  };
}

/** What of a build is on the card. */
type CardFacts = Pick<BuildFacts, 'version' | 'testScenarios'>;

/** The card in the shape of 1.0, as the SDK's types say it. */
function cardOf(url: string, build: CardFacts): AgentCard {
  return {
    name: 'Rollcall',
    description:
      'Takes hashed customer lists over AdCP, matches them against the seller’s own users and reports counted match rates.',
    supportedInterfaces: [
      { url, protocolBinding: 'JSONRPC', tenant: '', protocolVersion: '1.0' },
      { url, protocolBinding: 'JSONRPC', tenant: '', protocolVersion: '0.3' },
    ],
    provider: undefined,
    version: build.version,
    capabilities: {
      streaming: false,
      pushNotifications: false,
      extendedAgentCard: false,
      extensions: [
        { uri: adcpExtension, description: 'AdCP over A2A 1.0.', required: true, params: undefined },
      ],
    },
    securitySchemes: {
      [bearer]: {
        scheme: {
          $case: 'httpAuthSecurityScheme',
          value: { description: bearerSays, scheme: 'Bearer', bearerFormat: '' },
        },
      },
    },
    securityRequirements: [{ schemes: { [bearer]: { list: [] } } }],
    defaultInputModes: [json],
    defaultOutputModes: [json],
    skills: servedOperations(build).map(skillOf),
    signatures: [],
  };
}

/** A skill's own requirement as 0.3 writes it beside that of 1.0. */
function legacySecurity(skill: JsonObject): JsonObject {
  return skill['securityRequirements'] === undefined ? skill : { ...skill, security: [{ [bearer]: [] }] };
}

/**
 * The agent card, one document for both versions of A2A: their fields lie beside each other, and where they share a
 * name (security schemes) the value has the fields of both. Readers of 1.0 take `supportedInterfaces`, those of 0.3 `url`.
 * Every operation of AdCP is a skill whose id is its name. Sources: A2A 1.0 and 0.3 agent card; AdCP a2a-profile-extension,
 * version 3: the extension is required and has no params.
 *
 * `endpointUrl`: where the door is reached from outside, `https://seller.example/a2a`.
 */
export function agentCard(endpointUrl: string, build: CardFacts): JsonObject {
  const card = AgentCard.toJSON(cardOf(endpointUrl, build)) as JsonObject;
  return {
    ...card,
    protocolVersion: '0.3.0',
    url: endpointUrl,
    preferredTransport: 'JSONRPC',
    supportsAuthenticatedExtendedCard: false,
    securitySchemes: {
      [bearer]: {
        type: 'http',
        scheme: 'bearer',
        description: bearerSays,
        httpAuthSecurityScheme: { scheme: 'Bearer', description: bearerSays },
      },
    },
    security: [{ [bearer]: [] }],
    skills: (card['skills'] as readonly JsonObject[]).map(legacySecurity),
  };
}
