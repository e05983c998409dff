// How getmail of a test delivers: by a child of its own that ends when getmail waits for it. Of one that ends before, getmail
// never hears (it begins to listen for SIGCHLD after the fork), and then it waits for minutes: seen on busy machines.

/** Lines of its configuration: each message becomes a file of `folder`. */
export function deliverInto(folder: string): string[] {
  // Behind the fork it sleeps for nothing else. Where the system has no /proc nobody can tell.
  const isBusy = 'grep -q "^State:.[^S]" /proc/$PPID/status 2>/dev/null';
  const script = `while ${isBusy}; do sleep 0.01; done; cat > ${folder}/$$.eml`;
  return [
    '[destination]',
    'type = MDA_external',
    'path = /bin/sh',
    'allow_root_commands = true',
    `arguments = ("-c", ${JSON.stringify(script)})`,
  ];
}
