/** A running server: the core, its doors, and an orderly end. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { systemClock, systemRandom } from '../platform/clock.ts';
import { collectYoung } from '../platform/collect-young.ts';
import type { Log } from '../platform/log.ts';
import { createAddressCheck } from '../platform/outbound/check-address.ts';
import { networksOf } from '../platform/outbound/public-address.ts';
import { nodePrimitives } from '../platform/primitives.ts';
import { packageVersion } from '../platform/package-version.ts';
import { agentCardPath, createAgentCardEndpoint } from '../protocol/a2a/card-endpoint.ts';
import { createA2aEndpoint } from '../protocol/a2a/endpoint.ts';
import {
  brandPath,
  createBrandEndpoint,
  createKeySetEndpoint,
  keySetPath,
  type KeyEndpointOptions,
} from '../protocol/adcp/key-endpoints.ts';
import { adServerPath, createAdServerEndpoint } from '../protocol/adserver/endpoint.ts';
import type { AdcpOptions } from '../protocol/adcp/operations.ts';
import { createSignatureGate } from '../protocol/auth/signature/gate.ts';
import { createFailureBudget } from '../protocol/auth/failure-budget.ts';
import type { Door } from '../protocol/endpoint.ts';
import type { FailureBudget } from '../protocol/failure-budget.ts';
import type { SignatureGate } from '../protocol/signature-gate.ts';
import { createMcpEndpoint } from '../protocol/mcp/endpoint.ts';
import { toolsOf } from '../protocol/mcp/tools.ts';
import { createRestEndpoint } from '../protocol/rest/endpoint.ts';
import { errorExample, openApiDocument } from '../protocol/rest/openapi.ts';
import { restBase } from '../protocol/rest/routes.ts';
import type { MatchSchedule } from '../service/lifecycle/schedule.ts';
import { supportedBilling } from '../service/account-sync-scripts.ts';
import { createAdmin, type Admin } from './admin/admin.ts';
import { removeAdminFile, writeAdminFile } from './admin/admin-file.ts';
import { startAdminServer } from './admin/admin-server.ts';
import { openCore, type Core } from './core.ts';
import { createDocsEndpoint, docsPath } from './docs/docs-endpoint.ts';
import { createAddressOf, createIsProxy } from './http/client-address.ts';
import { watchOverload, type OverloadWatch } from './http/overload.ts';
import { createHttpServer } from './http/server.ts';
import { createReadiness } from './readiness.ts';
import { auditRefusals } from './refusal-audit.ts';
import { scenarios } from '../service/buys/controller-words.ts';
import { catalogueOf } from './products/read-products.ts';
import { matchScheduleOf, type ServeSettings } from './options.ts';

export interface RunningNode {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  readonly core: Core;
  /** Lets calls under way finish, settles what was accepted, closes the store. */
  close(): Promise<void>;
}

const closeGraceMs = 10_000;

/** Every protocol, each behind its path. */
function doorsOf(
  { service, store, limits, decisions }: Core,
  adcp: AdcpOptions,
  publicUrl: string,
): readonly Door[] {
  const { refusalOfAddress, signatures, failures } = adcp;
  const guards = { refusalOfAddress, signatures, failures, limits };
  const rest = createRestEndpoint({ service, primitives: nodePrimitives, ...guards });
  const docs = createDocsEndpoint({
    publicUrl,
    openApi: openApiDocument,
    errorExample,
    tools: toolsOf(adcp.build),
  });
  const a2a = { ...adcp, publicUrl, doorPath: '/a2a', random: systemRandom };
  return [
    { path: '/mcp', about: 'AdCP over MCP (streamable HTTP, POST)', endpoint: createMcpEndpoint(adcp) },
    {
      path: a2a.doorPath,
      about: 'AdCP over A2A 1.0 and 0.3 (JSON-RPC, POST)',
      endpoint: createA2aEndpoint(a2a),
    },
    { path: agentCardPath, about: 'the agent card for A2A', endpoint: createAgentCardEndpoint(a2a) },
    {
      path: restBase,
      about: `REST in the shape of Scope3's buyer API (${restBase}/openapi.yaml)`,
      endpoint: rest,
    },
    {
      path: adServerPath,
      about: 'decisions for your own ad server (/v1/decisions, /v1/impressions, /v1/overlays)',
      endpoint: createAdServerEndpoint({ service, signatures, failures, decisions }),
    },
    ...keyDoors(store, publicUrl, a2a.doorPath),
    { path: docsPath, about: 'documentation for people', endpoint: docs },
  ];
}

/** Where receivers of notifications find the keys. */
function keyDoors(store: Core['store'], publicUrl: string, a2aPath: string): readonly Door[] {
  const options: KeyEndpointOptions = {
    publicUrl,
    publishedKeys: async () => store.read('publishedSigningKeys', { nowMs: systemClock.now() }),
    agentPaths: [
      { id: 'mcp', path: '/mcp' },
      { id: 'a2a', path: a2aPath },
    ],
  };
  return [
    {
      path: keySetPath,
      about: 'keys that webhooks are signed with',
      endpoint: createKeySetEndpoint(options),
    },
    { path: brandPath, about: 'which agents are here', endpoint: createBrandEndpoint(options) },
  ];
}

/** What the doors of AdCP are made with. */
function adcpOptions(core: Core, settings: ServeSettings, failures: FailureBudget): AdcpOptions {
  return {
    service: core.service,
    primitives: nodePrimitives,
    clock: systemClock,
    build: {
      ...{ version: packageVersion(), supportedBilling, publicUrl: settings.publicUrl },
      requestSigning: settings.signedRequests
        ? { digestPolicy: settings.signedDigest, requiredFor: settings.signedFor }
        : null,
      testScenarios: settings.testController ? scenarios : [],
    },
    signatures: settings.signedRequests ? createGate(core, settings) : null,
    failures,
    refusalOfAddress: createAddressCheck({ allowNetworks: networksOf(settings.allowNetwork) }),
  };
}

/** Signatures of requests, by the keys of registered signers. */
function createGate({ signers }: Core, settings: ServeSettings): SignatureGate {
  return createSignatureGate({
    signers,
    digestPolicy: settings.signedDigest,
    requiredFor: settings.signedFor,
    scheme: settings.publicUrl.startsWith('https:') ? 'https' : 'http',
    clock: systemClock,
  });
}

/** Names that requests may address the server by: those that were allowed, and that of its public address. */
function allowedHosts({ allowHost, publicUrl }: ServeSettings): readonly string[] {
  return publicUrl === '' ? allowHost : [...allowHost, new URL(publicUrl).hostname];
}

/** What the seller's own commands ask of a running server. */
function adminOf(core: Core, settings: ServeSettings, schedule: MatchSchedule): Admin {
  const { store, secrets, place, matchThread, queue, nodeNo, graphMoved } = core;
  return createAdmin({
    ...{ dataDir: settings.data, place, store, secrets, graphMoved },
    syndication: core.service,
    allowNetwork: settings.allowNetwork,
    signersChanged: core.signers.changed,
    running: { queue, schedule, nodeNo, users: matchThread },
    decisionsWoken: core.decisionsWoken,
    webhooksWoken: core.webhooksWoken,
  });
}

/** What a server does otherwise where a test or the demo works in its thread. */
export interface NodeParts {
  /** Says when callers are put off: when this thread is behind, unless said otherwise. */
  readonly watch?: () => OverloadWatch;
  /** Ends the wait for a database that another server has. */
  readonly signal?: AbortSignal;
  /** The pause before an operation is tried again. */
  readonly pauseMs?: (attemptCount: number) => number;
}

export async function startNode(
  settings: ServeSettings,
  log: Log,
  fatal: (reason: string) => void,
  { watch = () => watchOverload(systemClock), ...parts }: NodeParts = {},
): Promise<RunningNode> {
  const dataDir = settings.data;
  const schedule = matchScheduleOf(settings);
  const products = catalogueOf(settings);
  const core = await openCore({ ...settings, ...parts, products, dataDir, schedule, log, fatal });
  const readiness = createReadiness({
    probe: core.place.kind === 'postgres' ? core.store.changeMark : null,
    clock: systemClock,
  });
  await core.store.write('noteStart', { nowMs: systemClock.now(), version: packageVersion() });
  const budget = createFailureBudget({ perMinute: settings.failureRate }, systemClock);
  const refusals = auditRefusals(budget, core.store, systemClock);
  const adcp = adcpOptions(core, settings, refusals.failures);
  const overload = watch();
  const http = createHttpServer({
    doors: doorsOf(core, adcp, settings.publicUrl),
    ingest: core.ingest,
    health: readiness,
    log,
    clock: systemClock,
    random: systemRandom,
    sweep: collectYoung,
    allowedHosts: allowedHosts(settings),
    addressOf: createAddressOf(networksOf(settings.trustProxy)),
    isProxy: createIsProxy(networksOf(settings.trustProxy)),
    isHttps: settings.publicUrl.startsWith('https:'),
    isOverloaded: overload.isOverloaded,
  });
  const admin = adminOf(core, settings, schedule);
  const token = randomBytes(32).toString('base64url');
  const adminServer = await startAdminServer(admin, token, log);
  let isListening = false;
  const close = async (): Promise<void> => {
    readiness.drain();
    removeAdminFile(dataDir);
    if (isListening) await sleep(settings.drainMs);
    await http.close(closeGraceMs);
    readiness.close();
    overload.close();
    await adminServer.close();
    await refusals.close();
    await core.close();
  };
  try {
    const { url } = await http.listen(settings.host, settings.port);
    const database = core.place.kind;
    writeAdminFile(dataDir, { pid: process.pid, adminPort: adminServer.port, token, url, database });
    readiness.begin();
    isListening = true;
    return { url, core, close };
  } catch (error) {
    await close();
    throw error;
  }
}
