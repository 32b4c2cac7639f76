// Typings of the headless module, for browsers, Workers and Node. Times are virtual microseconds; events are numbered
// from 0 (the initial state); seeds and hashes are strings, because 64 bits do not fit a number.

export type StepUnit = 'event' | 'delivery' | 'change' | 'decided' | 'leader' | 'narration' | 'settled' | 'violation' | `message ${string}`;
/** "A", "B", … */
export type ServerLabel = string;
/** A ballot such as "5·A"; "" where there is none. */
export type EpochLabel = string;

export interface RunOptions {
  /** Appears in errors and permalinks: the scenario's file name. */
  name?: string;
  /** Default: the scenario's first protocol. */
  protocol?: string;
  /** Default 1. Numbers above 2^53 as string or BigInt. */
  seed?: number | bigint | string;
  /** Rule switches to turn off, such as "P5.session". */
  off?: string | string[];
  /** So many servers in place of the scenario's; 0: as it is written. */
  servers?: number;
  /** Lines of "<after event> <action>", as `position().journal` gives them. */
  journal?: string;
}

export interface Field {
  name: string;
  value: string;
  /** The value before the last event, if that event changed it. */
  old?: string;
  /** What the disk still holds, if that differs. */
  onDisk?: string;
  /** Survives a crash. */
  durable: boolean;
}

export interface Note {
  rule: string;
  server: ServerLabel;
  sentence: string;
  values: Field[];
  source: string;
}

export interface EventDescription {
  number: number;
  timeUs: number;
  kind: 'initial' | 'delivery' | 'timer' | 'client' | 'disk' | 'action' | 'script';
  server: ServerLabel | '';
  messageId: number;
  heartbeat: boolean;
  title: string;
  subtitle: string;
  causeEvent: number;
  causeText: string;
  notes: Note[];
}

export interface LogCell {
  /** 1-based. */
  index: number;
  label: string;
  epoch: EpochLabel;
  state: 'accepted' | 'decided' | 'trimmed' | 'snapshot' | 'stop-sign';
  durable: boolean;
  changed: boolean;
  /** The future of this very server that stands behind the entry, if any. */
  future?: FutureState;
  /** The same for one proposal in every log, message, future and operation. */
  attemptId: number;
}

export interface Server {
  id: number;
  label: ServerLabel;
  status: 'up' | 'down' | 'paused';
  stateLost: boolean;
  role: 'follower' | 'leader' | 'old-leader' | 'candidate' | 'preparing' | 'recovering' | 'learner' | 'retired';
  roleText: string;
  activity: string;
  epoch: EpochLabel;
  leads: EpochLabel;
  /** Missing where the protocol does not know the notion. */
  quorumConnected?: boolean;
  heard: number;
  members: number;
  /** 0: nothing is decided. */
  decidedIndex: number;
  logLength: number;
  trimmedTo: number;
  /** A snapshot stands for the entries up to here; 0: none. */
  snapshotTo: number;
  timers: {id: string; remainingUs: number; periodUs: number}[];
  fields: Field[];
  cells: LogCell[];
  /** Without a log: what it holds, ascending by key. */
  registers: {key: string; value: string; timestamp: EpochLabel; durable: boolean; changed: boolean}[];
  /** Without a log: the operations that it coordinates. */
  rounds: Round[];
}

/** A client's operation at the coordinator of a register. */
export interface Round {
  id: string;
  command: string;
  phase: 'waiting' | 'query' | 'store' | 'write-back';
  /** Answers in this phase, and how many it needs. */
  answers: number;
  needed: number;
  value: string;
  timestamp: EpochLabel;
  attemptId: number;
}

export interface Link {
  from: ServerLabel;
  to: ServerLabel;
  up: boolean;
  latencyUs: number;
  lossPermille: number;
  slow: boolean;
  duplicationPermille: number;
}

/** A client of the store. */
export interface Client {
  /** "k1" */
  id: string;
  /** That it asks now. */
  server: ServerLabel;
  gone: boolean;
  loop: 'closed' | 'open';
  everyUs: number;
  /** "put 1, get 1" */
  mix: string;
  /** Operations without an answer. */
  waiting: number;
}

export interface Message {
  /** Names it in actions: "deliver 42". */
  id: number;
  from: ServerLabel;
  to: ServerLabel;
  family: 'request' | 'reply' | 'refusal' | 'decision' | 'heartbeat' | 'transfer';
  name: string;
  value: string;
  epoch: EpochLabel;
  sentUs: number;
  deliverUs: number;
  /** Of the proposals it carries: `attemptId`. */
  attempts: number[];
  fields: Field[];
}

export interface Check {
  id: string;
  name: string;
  detail: string;
  holds: boolean;
  text: string;
}

export interface Violation {
  check: string;
  text: string;
  /** The event where it showed: the last of `events`. */
  event: number;
  events: number[];
}

export type FutureState = 'pending' | 'accepted' | 'resolved' | 'cancelled' | 'unknown';

/** A proposal at one server, as that server knows it. */
export interface Future {
  /** The operation it serves: "k1#12"; "op#3" for what a person proposed. */
  id: string;
  command: string;
  server: ServerLabel;
  epoch: EpochLabel;
  /** unknown: its server lost it in a crash. */
  state: FutureState;
  /** Where it was accepted or decided, else 0. */
  index: number;
  reason: string;
  /** Until now, or until it was settled. */
  ageUs: number;
  /** -1: never. */
  acceptedAfterUs: number;
  attemptId: number;
  madeEvent: number;
  /** 0: not yet. */
  settledEvent: number;
}

/** What a client asked and saw. */
export interface Operation {
  id: string;
  client: number;
  command: string;
  key: string;
  /** "3" for a get, "true" or "false" for a cas, "" for the others. */
  result: string;
  /** Asked last. */
  server: ServerLabel | '';
  tries: number;
  /** unknown: it may take effect at any later time, or never. */
  end: 'open' | 'ok' | 'failed' | 'unknown';
  invokedUs: number;
  /** -1: not yet. */
  returnedUs: number;
  invokedEvent: number;
  returnedEvent: number;
  /** Where it may be taken to have happened; -1: nowhere, or not looked for. */
  pointUs: number;
  /** Part of what has no order that explains it. */
  cannotBeOrdered: boolean;
  attemptId: number;
}

/** A server's state machine; servers that are down have none. */
export interface Store {
  server: ServerLabel;
  /** Entries up to here are in it. */
  applied: number;
  /** Ascending by key. */
  rows: {
    key: string;
    value: string;
    /** The entry that wrote it; 0: not known, it came with a snapshot. */
    index: number;
    changed: boolean;
    /** The value before the last event, if that event changed it; "": it was not there. */
    old?: string;
  }[];
}

export interface Observation {
  protocol: string;
  timeUs: number;
  event: EventDescription;
  windowFirst: number;
  servers: Server[];
  links: Link[];
  /** k1 first, those that left included. */
  clients: Client[];
  messages: Message[];
  checks: Check[];
  /** By the order of their making. */
  futures: Future[];
  /** The history, by invocation. */
  operations: Operation[];
  stores: Store[];
}

export interface Pending {
  id: string;
  text: string;
  /** Makes it happen now: pass it to `perform`. Empty: a person cannot. */
  action: string;
  /** Why not, or what will come of it. */
  reason: string;
  /** -1: never, as things are. */
  dueUs: number;
}

export interface LessonStep {
  title: string;
  text: string;
  state: 'to-come' | 'current' | 'done';
  event: number;
  reached: boolean;
  /** What the step asks of who watches, and the answers to pick from; left out where nothing is asked. */
  ask?: string;
  answers?: string[];
}

/** As `paxoscope run --json` prints it. */
export interface Summary {
  scenario: string;
  protocol: string;
  seed: string;
  events: number;
  time_us: number;
  state_hash: string;
  /** `held`: of registers, the keys with a value. */
  servers: {id: ServerLabel; decided: number; held?: number}[];
  leader_changes: number;
  longest_stall_us: number;
  violations: {check: string; event: number; text: string}[];
  expectations: {text: string; held: boolean}[];
  futures: {resolved: number; cancelled: number; pending: number; unknown: number};
}

export interface Position {
  scenario: string;
  protocol: string;
  seed: string;
  off: string;
  /** 0: as the scenario is written. */
  servers: number;
  event: number;
  timeUs: number;
  journal: string;
  /** 16 hexadecimal digits over the whole world; equal on every platform. */
  stateHash: string;
}

/** One run. Methods throw an Error with a sentence on bad input. */
export declare class Simulation {
  private constructor();
  /** Starts a scenario given as TOML text. */
  static fromScenario(text: string, options?: RunOptions): Simulation;
  /** Starts a scenario that comes with the module. */
  static fromBuiltin(id: string, options?: RunOptions): Simulation;
  /** The scenarios that come with the module. In the page a `toml` is empty until `await paxoscope.fetchScenarios()`. */
  static builtin(): {id: string; toml: string}[];
  static protocols(): string[];

  load(text: string, options?: RunOptions): this;
  /** Each returns false when nothing moved: start or end of the run, or a violation paused it. */
  step(unit?: StepUnit): boolean;
  stepBack(unit?: StepUnit): boolean;
  runUntil(timeUs: number): boolean;
  seek(event: number): boolean;
  runToEnd(): boolean;
  /** "cut A-B", "crash C", "deliver 42", …: the actions of scenarios/README.md. In the past it starts a branch. */
  perform(action: string): void;
  /** Takes the last action back, and what it replaced is there again. */
  undo(): boolean;

  observe(window?: {first?: number; count?: number}): Observation;
  pending(): Pending[];
  violations(): Violation[];
  lesson(): LessonStep[];
  summary(): Summary;
  position(): Position;
  stateHash(): string;
  /** The TOML text of the scenario. */
  toml(): string;
  /** The URL hash that brings another person to this moment. */
  permalink(): Promise<string>;
  /** Frees the memory; the object cannot be used afterwards. */
  delete(): void;
}

export interface Paxoscope {
  Simulation: typeof Simulation;
  /** The loops of `paxoscope bench`, as WebAssembly; takes some seconds. */
  bench(): {
    /** batch_1, batch_10, batch_100; the same with _durable and _snapshots. */
    decided_per_s: Record<string, number>;
    world_copies_per_s: number;
    events_per_s: number;
  };
}

export interface Permalink {
  scenario: string | null;
  protocol: string;
  seed: string;
  at: number;
  off: string;
  servers: number;
  journal: string;
  /** TOML text of an own scenario, else null. */
  source: string | null;
}

export declare function decodeLink(hash: string): Promise<Permalink | null>;
export declare function encodeLink(link: Partial<Permalink>): Promise<string>;

/** Loads the engine once more; instances share nothing. */
export default function createPaxoscope(options?: {onProgress?: (bytes: number) => void}): Promise<Paxoscope>;

/** What the page around the frame posts to it; answered by an EmbedReply with the same `id`. */
export interface EmbedRequest {
  paxoscope: 1;
  id: number | string;
  /** `open` takes a link's hash, `play` a boolean; the others are those of Simulation. */
  call: 'open' | 'play' | 'step' | 'stepBack' | 'runUntil' | 'seek' | 'runToEnd' | 'perform' | 'undo' | 'observe' | 'pending' |
    'violations' | 'lesson' | 'summary' | 'position' | 'permalink';
  arguments?: unknown[];
}

export interface EmbedReply {
  paxoscope: 1;
  id: number | string;
  /** What the call returned; left out where there was an error. */
  result?: unknown;
  /** One sentence. */
  error?: string;
}

/** What the frame tells by itself: that it is there, and that the run stands somewhere else. */
export interface EmbedNotice {
  paxoscope: 1;
  notice: 'ready' | 'moved';
  position: Position;
}
