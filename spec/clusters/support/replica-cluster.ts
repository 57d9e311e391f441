/** One server of a primary and its replicas. */
export interface ClusterServer {
  readonly url: string;
  readonly address: string;
}

/** A primary and two replicas that copy it, as the engine does that. */
export interface ReplicaCluster {
  readonly primary: ClusterServer;
  readonly replicas: readonly [ClusterServer, ClusterServer];
  /** Keeps what the replicas get from being seen there, until `resume()`. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Kills the primary, as a loss of power would. */
  killPrimary(): Promise<void>;
  /** Makes that replica the primary that has got the most, and has the other one copy it; tells when it took writes. */
  promote(): Promise<{ readonly server: ClusterServer; readonly at: number }>;
  /** Starts the old primary again, which knows nothing of what happened. */
  startOldPrimary(): Promise<void>;
  /** Runs SQL as the administrator. */
  admin(server: ClusterServer, sql: string): Promise<readonly (readonly unknown[])[]>;
  stop(): Promise<void>;
}
