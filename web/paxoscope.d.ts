// Typings of the headless module, for browsers, Workers and Node. Times are virtual microseconds; events are numbered
// from 0 (the initial state); seeds and hashes are strings, because 64 bits do not fit a number.

export type StepUnit = 'event' | 'delivery' | 'change' | 'decided' | 'leader' | 'narration';
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
  /** Lines of "<after event> <action>", as `position().journal` gives them. */
  journal?: string;
}

export interface Field {
  name: string;
  value: string;
  /** The value before the last event, if that event changed it. */
  old?: string;
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
  timers: {id: string; remainingUs: number; periodUs: number}[];
  fields: Field[];
  cells: LogCell[];
}

export interface Link {
  from: ServerLabel;
  to: ServerLabel;
  up: boolean;
  latencyUs: number;
  lossPermille: number;
  slow: boolean;
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

export interface Future {
  id: string;
  command: string;
  server: ServerLabel;
  epoch: EpochLabel;
  state: 'pending' | 'accepted' | 'resolved' | 'cancelled' | 'unknown';
  index: number;
  reason: string;
  ageUs: number;
}

export interface Observation {
  protocol: string;
  timeUs: number;
  event: EventDescription;
  windowFirst: number;
  servers: Server[];
  links: Link[];
  messages: Message[];
  checks: Check[];
  futures: Future[];
  tables: {id: string; title: string; columns: string[]; rows: string[][]}[];
}

export interface Pending {
  id: string;
  text: string;
  /** Makes it happen now: pass it to `perform`. */
  action: string;
  dueUs: number;
}

export interface LessonStep {
  title: string;
  text: string;
  state: 'to-come' | 'current' | 'done';
  event: number;
  reached: boolean;
}

/** As `paxoscope run --json` prints it. */
export interface Summary {
  scenario: string;
  protocol: string;
  seed: string;
  events: number;
  time_us: number;
  state_hash: string;
  servers: {id: ServerLabel; decided: number}[];
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
  static builtin(): {id: string; toml: string}[];
  static protocols(): string[];

  load(text: string, options?: RunOptions): this;
  /** Each returns false when nothing moved: start or end of the run, or a violation paused it. */
  step(unit?: StepUnit): boolean;
  stepBack(unit?: StepUnit): boolean;
  runUntil(timeUs: number): boolean;
  seek(event: number): boolean;
  runToEnd(): boolean;
  /** "cut A-B", "crash C", "deliver 42", …: the actions of scenarios/README.md. In the past it replaces what came after. */
  perform(action: string): void;
  /** Brings back what the last action in the past replaced. */
  undo(): boolean;

  observe(window?: {first?: number; count?: number}): Observation;
  pending(): Pending[];
  violations(): Violation[];
  lesson(): LessonStep[];
  summary(): Summary;
  position(): Position;
  stateHash(): string;
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
  journal: string;
  /** TOML text of an own scenario, else null. */
  source: string | null;
}

export declare function decodeLink(hash: string): Promise<Permalink | null>;
export declare function encodeLink(link: Partial<Permalink>): Promise<string>;

/** Loads the engine once more; instances share nothing. */
export default function createPaxoscope(options?: {onProgress?: (bytes: number) => void}): Promise<Paxoscope>;
