/** `none` trades the disk's promise for speed: rows outlive the server's crash but not the machine's. Only for tests. */
export type Durability = 'full' | 'none';

const ALWAYS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  synchronous_commit: 'on',
  idle_in_transaction_session_timeout: '60s',
  max_connections: '200',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  logging_collector: 'off',
  log_destination: 'stderr',
  // A server's log must not repeat what citizens said: neither the statement that failed nor the row in its way.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
};

const FULL: Record<string, string> = {
  fsync: 'on',
  full_page_writes: 'on',
  shared_buffers: '128MB',
  max_wal_size: '1GB',
};

const NONE: Record<string, string> = {
  fsync: 'off',
  full_page_writes: 'off',
  shared_buffers: '64MB',
  max_wal_size: '256MB',
};

/** The server's command line settings; what the caller gives wins. */
export function serverFlags(durability: Durability, port: number, settings: Record<string, string> = {}): string[] {
  const all = { ...ALWAYS, ...(durability === 'full' ? FULL : NONE), ...settings, port: String(port) };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
