// Parameters of Postfix and Dovecot that have no counterpart here, each with the reason and where to look instead. What
// does have one is found by the names in the declarations of the settings, or by those of a page (pages.ts).

export type Meaningless = {
  program: 'Postfix' | 'Dovecot';
  /** All of them for the same reason. */
  names: string[];
  reason: string;
  /** A page of the panel, or a setting by its key */
  instead?: string;
};

export const meaningless: readonly Meaningless[] = [
  {
    program: 'Postfix',
    names: [
      'daemon_timeout',
      'ipc_idle',
      'ipc_timeout',
      'max_idle',
      'max_use',
      'trigger_timeout',
      'fork_attempts',
      'fork_delay',
      'stale_lock_time',
      'process_id_directory',
      'program_directory',
      'daemon_directory',
      'command_directory',
      'mail_owner',
      'setgid_group',
      'master.cf',
    ],
    reason:
      'Postfix is a family of short-lived programs that talk through sockets. Here one process does all of it: there is nothing to start, limit or time out between programs.',
  },
  {
    program: 'Postfix',
    names: [
      'queue_directory',
      'hash_queue_depth',
      'hash_queue_names',
      'deliver_lock_attempts',
      'deliver_lock_delay',
      'default_database_type',
      'qmgr_message_active_limit',
      'duplicate_filter_limit',
      'local_destination_concurrency_limit',
      'local_destination_recipient_limit',
    ],
    reason:
      'Queue, maps and mailboxes are tables of one database: a delivery to all recipients here is one transaction, without lock files, hashed folders or a part of the queue that has to fit into memory.',
    instead: '/admin/queue',
  },
  {
    program: 'Postfix',
    names: [
      'local_command_shell',
      'allow_mail_to_commands',
      'allow_mail_to_files',
      'default_privs',
      'forward_path',
      'mailbox_command',
      'command_time_limit',
      'command_expansion_filter',
    ],
    reason:
      'Mail starts no program and writes no file of a user: the users have no accounts of the operating system. Rules, forwarding and answers while away are made in the webmail; a program can fetch its mail by IMAP.',
    instead: '/admin/aliases',
  },
  {
    program: 'Postfix',
    names: [
      'home_mailbox',
      'mail_spool_directory',
      'mailbox_delivery_lock',
      'virtual_mailbox_base',
    ],
    reason:
      'Mail is kept in the data folder, bodies by their content and rows in the database; mbox and Maildir are what the commands "npx drey import" and "export" read and write.',
    instead: 'storage.fileThresholdBytes',
  },
  {
    program: 'Postfix',
    names: [
      'access_map_reject_code',
      'invalid_hostname_reject_code',
      'maps_rbl_reject_code',
      'reject_code',
      'relay_domains_reject_code',
      'unknown_address_reject_code',
      'unknown_client_reject_code',
      'unknown_hostname_reject_code',
      'unknown_local_recipient_reject_code',
      'defer_code',
    ],
    reason:
      'Each refusal has the code that its standard gives it (RFC 5321, RFC 3463, RFC 7372). Whether a check refuses, puts into Junk or only looks is chosen at the check; an access rule may defer in place of refusing.',
    instead: '/admin/checks',
  },
  {
    program: 'Postfix',
    names: ['allow_percent_hack', 'swap_bangpath', 'allow_untrusted_routing'],
    reason:
      'user%domain@host, host!user and routes within addresses were ways around relay control: they are refused, as RFC 5321 allows.',
  },
  {
    program: 'Postfix',
    names: ['append_dot_mydomain'],
    reason:
      'A domain without a dot stays what it is, as in Postfix since 3.0: completed, it would lead to somebody else.',
    instead: 'server.domain',
  },
  {
    program: 'Postfix',
    names: ['empty_address_recipient', 'double_bounce_sender', 'null_sender'],
    reason:
      'Reports have the null sender and nothing answers them; what cannot go back either ends in the trail, and the postmaster may be told of it.',
    instead: 'delivery.noticeClasses',
  },
  {
    program: 'Postfix',
    names: ['sun_mailtool_compatibility', 'broken_sasl_auth_clients', 'smtp_skip_4xx_greeting'],
    reason: 'A work-around for programs of the last century; none of those in use needs it.',
  },
  {
    program: 'Postfix',
    names: ['mail_version', 'mail_release_date'],
    reason: 'The version is that of the installed Drey; nobody outside is told.',
    instead: '/admin',
  },
  {
    program: 'Postfix',
    names: ['prepend_delivered_header'],
    reason:
      'Every copy has Delivered-To, and X-Original-To where an alias was written to: loops are found by them.',
  },
  {
    program: 'Postfix',
    names: ['smtpd_etrn_restrictions', 'fast_flush_domains'],
    reason:
      'ETRN is not offered: a queue is started by hand, or by itself when the other side is back.',
    instead: '/admin/queue',
  },
  {
    program: 'Postfix',
    names: ['smtpd_delay_reject'],
    reason:
      'What is found about the client and its name is told at the recipient, as with "yes": then the trail knows whom the mail was for.',
    instead: '/admin/checks',
  },
  {
    program: 'Postfix',
    names: [
      'smtpd_sasl_auth_enable',
      'smtpd_tls_auth_only',
      'smtpd_tls_security_level',
      'smtpd_use_tls',
      'smtpd_enforce_tls',
    ],
    reason:
      'TLS is offered on every port. Signing in is offered on the submission ports only, and in clear to nobody but this machine itself; on port 25 TLS cannot be asked for without losing mail.',
    instead: 'security.mechanisms',
  },
  {
    program: 'Postfix',
    names: ['smtpd_tls_CAfile', 'smtpd_tls_CApath', 'smtpd_tls_ask_ccert', 'tls_random_source'],
    reason:
      'Certificates of clients are not asked for; the intermediate certificates stand in the certificate file.',
    instead: 'tls.certificateFile',
  },
  {
    program: 'Postfix',
    names: ['best_mx_transport', 'ignore_mx_lookup_error'],
    reason:
      'A domain whose best mail server is this one, but which is not set up here, is a loop and comes back; and when the DNS does not answer, mail waits: guessing would misdeliver it.',
    instead: '/admin/domains',
  },
  {
    program: 'Postfix',
    names: ['smtp_quit_timeout', 'smtp_skip_quit_response', 'smtp_rset_timeout'],
    reason:
      'Nobody waits for the answer to QUIT: the message is delivered by then, and the connection is closed 5 seconds later.',
  },
  {
    program: 'Postfix',
    names: ['debug_peer_level'],
    reason: 'The dialogue is logged whole; there is no more and no less of it.',
    instead: 'log.debugPeers',
  },
  {
    program: 'Postfix',
    names: ['line_length_limit', 'smtp_line_length_limit', 'smtpd_command_filter'],
    reason:
      'The lengths of lines are those of RFC 5321 and RFC 5322: a longer command is refused, and a longer line of a message leaves recoded, so that it arrives whole.',
  },
  {
    program: 'Postfix',
    names: ['smtputf8_enable', 'strict_smtputf8'],
    reason: 'Addresses beyond ASCII are always understood.',
  },
  {
    program: 'Postfix',
    names: ['ldap_timeout', 'ldap_search_base', 'ldap_server_host'],
    reason:
      'Of Postfix before 2.0. A directory server is asked for people and passwords, not for maps.',
    instead: '/admin/settings/directory',
  },
  {
    program: 'Dovecot',
    names: [
      'login_processes_count',
      'login_process_per_connection',
      'login_process_size',
      'login_user',
      'default_vsz_limit',
      'process_min_avail',
      'service_count',
    ],
    reason:
      'There are no login processes: one process serves all connections. How many there may be, and of one user, is set for each protocol.',
    instead: 'imap.maxConnections',
  },
  {
    program: 'Dovecot',
    names: [
      'first_valid_uid',
      'last_valid_uid',
      'first_valid_gid',
      'last_valid_gid',
      'mail_access_groups',
      'mail_extra_groups',
      'mail_privileged_group',
      'mail_chroot',
      'mail_uid',
      'mail_gid',
      'umask',
      'mail_full_filesystem_access',
    ],
    reason:
      'Users are rows, not accounts of the operating system: no process ever runs as one of them, and no path of a client leads to the disk.',
    instead: '/admin/users',
  },
  {
    program: 'Dovecot',
    names: [
      'mail_driver',
      'mail_path',
      'mail_home',
      'mail_index_path',
      'mail_control_path',
      'default_mail_env',
      'INDEX',
      'CONTROL',
      'mail_save_crlf',
      'mbox_dirty_syncs',
      'maildir_check_content_changes',
      'maildir_stat_dirs',
      'lock_method',
      'mbox_read_locks',
      'mbox_write_locks',
      'mmap_disable',
      'mail_fsync',
    ],
    reason:
      'Mail is kept in one way, in the database and the data folder: there are no index files to place, no formats to choose and no files that others change behind the back of the server.',
    instead: 'storage.fileThresholdBytes',
  },
  {
    program: 'Dovecot',
    names: ['mailbox_idle_check_interval', 'imap_idle_notify_interval'],
    reason:
      'Nobody looks again and again: a change is told to every connection that waits (IDLE, NOTIFY) at the moment it is stored.',
  },
  {
    program: 'Dovecot',
    names: ['pop3_enable_last', 'pop3_reuse_xuidl', 'pop3_save_uidl'],
    reason:
      'LAST left POP3 in 1994. Names of messages that came from another server are kept by themselves.',
    instead: 'pop3.uidlFormat',
  },
  {
    program: 'Dovecot',
    names: ['auth_realms', 'auth_username_format', 'auth_krb5_keytab', 'auth_worker_max_count'],
    reason:
      'The name of a user is his address, of whatever domain here; realms belong to mechanisms that nobody offers any more.',
    instead: 'security.loginDomain',
  },
  {
    program: 'Dovecot',
    names: ['ssl_key_password', 'ssl_server_key_password'],
    reason:
      'A key with a password could not be used after a restart without somebody to type it. Keep it readable for the user of the server alone.',
    instead: 'tls.keyFile',
  },
  {
    program: 'Dovecot',
    names: [
      'ssl_ca',
      'ssl_ca_file',
      'ssl_server_ca_file',
      'ssl_verify_client_cert',
      'ssl_parameters_regenerate',
      'ssl_dh',
      'ssl_server_dh_file',
    ],
    reason:
      'Certificates of clients are not asked for, intermediate certificates stand in the certificate file, and the key exchange needs no parameters of its own.',
    instead: 'tls.certificateFile',
  },
  {
    program: 'Dovecot',
    names: ['disable_plaintext_auth', 'auth_allow_cleartext', 'ssl', 'ssl_disable'],
    reason:
      'TLS is always offered, and a password in clear is taken from this machine itself alone: elsewhere it could be read on its way.',
    instead: 'security.mechanisms',
  },
];
