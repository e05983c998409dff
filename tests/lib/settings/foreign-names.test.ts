// Whoever knows main.cf, dovecot.conf or Webmin finds every parameter: as a setting, as a page, or on the reference page
// with the reason why it has no meaning here. The lists are the fields of Webmin's pages, page by page, with the names
// of Dovecot 1.x, 2.3 and 2.4.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findSetting, settings } from '#lib/settings/index.ts';
import { meaningless } from '#lib/settings/meaningless.ts';
import { menu } from '../../../app/(admin)/menu.ts';

const pages: Record<string, string> = {
  'General options': `myorigin mydestination notify_classes relayhost always_bcc daemon_timeout default_database_type
    default_transport double_bounce_sender hash_queue_depth hash_queue_names hopcount_limit delay_warning_time
    inet_interfaces ipc_idle ipc_timeout mail_name mail_owner mail_version max_idle max_use myhostname mydomain
    mynetworks mynetworks_style bounce_notice_recipient 2bounce_notice_recipient delay_notice_recipient
    error_notice_recipient queue_directory process_id_directory recipient_delimiter program_directory relocated_maps
    sun_mailtool_compatibility trigger_timeout content_filter`,
  'Address rewriting and masquerading': `allow_percent_hack append_at_myorigin append_dot_mydomain swap_bangpath
    empty_address_recipient masquerade_domains masquerade_exceptions`,
  'Mail aliases': 'alias_maps alias_database',
  'Canonical mapping': 'canonical_maps sender_canonical_maps recipient_canonical_maps',
  'Virtual alias maps': 'virtual_alias_maps virtual_alias_domains',
  'Transport mapping': 'transport_maps',
  'Relocated mapping': 'relocated_maps',
  'Header and body checks': 'header_checks mime_header_checks body_checks',
  'BCC mapping': 'sender_bcc_maps recipient_bcc_maps',
  'Sender-dependent transport': 'sender_dependent_default_transport_maps',
  'Local delivery': `local_transport local_command_shell forward_path allow_mail_to_commands allow_mail_to_files
    default_privs home_mailbox luser_relay mail_spool_directory mailbox_command mailbox_transport fallback_transport
    local_destination_concurrency_limit local_destination_recipient_limit prepend_delivered_header`,
  'General resource control': `bounce_size_limit command_time_limit default_process_limit duplicate_filter_limit
    deliver_lock_attempts deliver_lock_delay fork_attempts fork_delay header_size_limit line_length_limit
    message_size_limit qmgr_message_active_limit qmgr_message_recipient_limit queue_minfree stale_lock_time
    transport_retry_time mailbox_size_limit`,
  'SMTP server options': `smtpd_banner smtpd_recipient_limit disable_vrfy_command smtpd_timeout smtpd_error_sleep_time
    smtpd_soft_error_limit smtpd_hard_error_limit smtpd_helo_required allow_untrusted_routing smtpd_etrn_restrictions
    smtpd_helo_restrictions smtpd_sender_restrictions smtpd_recipient_restrictions relay_domains relay_recipient_maps
    access_map_reject_code invalid_hostname_reject_code maps_rbl_reject_code reject_code relay_domains_reject_code
    unknown_address_reject_code unknown_client_reject_code unknown_hostname_reject_code`,
  'SMTP client options': `best_mx_transport fallback_relay smtp_fallback_relay ignore_mx_lookup_error
    smtp_skip_4xx_greeting smtp_skip_quit_response smtp_destination_concurrency_limit smtp_destination_recipient_limit
    smtp_connect_timeout smtp_helo_timeout smtp_mail_timeout smtp_rcpt_timeout smtp_data_init_timeout
    smtp_data_xfer_timeout smtp_data_done_timeout smtp_quit_timeout smtp_use_tls smtp_enforce_tls
    smtp_sasl_security_options smtp_tls_security_level smtp_address_preference inet_protocols smtputf8_enable`,
  'SMTP authentication and encryption': `smtpd_sasl_auth_enable smtpd_tls_auth_only broken_sasl_auth_clients
    smtpd_sasl_security_options smtpd_recipient_restrictions smtpd_relay_restrictions smtpd_delay_reject
    smtpd_tls_security_level smtpd_use_tls smtpd_tls_cert_file smtpd_tls_key_file smtpd_tls_CAfile relayhost
    smtp_sasl_auth_enable smtp_sasl_password_maps`,
  'SMTP client restrictions': `smtpd_client_restrictions permit_mynetworks permit_inet_interfaces
    permit_sasl_authenticated reject_unauth_destination reject_unknown_client reject_unknown_client_hostname
    reject_unknown_reverse_client_hostname permit_tls_all_clientcerts check_client_access reject_rbl_client
    reject_rhsbl_client`,
  'Delivery rates': `default_destination_concurrency_limit default_destination_recipient_limit
    initial_destination_concurrency maximal_queue_lifetime minimal_backoff_time maximal_backoff_time queue_run_delay
    defer_transports`,
  Debugging: 'debug_peer_list debug_peer_level',
  'LDAP lookups': 'ldap_timeout ldap_search_base ldap_server_host',
  'Server processes': 'master.cf',
  'Certificate mapping': 'tls_server_sni_maps',
  'Dovecot: networking and protocols': `protocols ssl ssl_disable listen imap_listen pop3_listen imaps_listen
    pop3s_listen ssl_listen`,
  'Dovecot: user and login': `auth_realms auth_default_realm auth_default_domain auth_mechanisms mechanisms auth_userdb
    userdb auth_passdb passdb first_valid_uid last_valid_uid first_valid_gid last_valid_gid mail_access_groups
    mail_extra_groups mail_chroot login_max_processes_count login_processes_count login_process_size`,
  'Dovecot: mail files': `default_mail_env mail_path mail_location mail_driver INDEX CONTROL mail_index_path
    mail_control_path mailbox_idle_check_interval mail_full_filesystem_access mail_save_crlf mbox_dirty_syncs
    maildir_check_content_changes umask pop3_uidl_format pop3_enable_last lock_method mbox_read_locks mbox_write_locks`,
  'Dovecot: SSL': `ssl_cert ssl_cert_file ssl_server_cert_file ssl_key ssl_key_file ssl_server_key_file
    ssl_key_password ssl_server_key_password ssl_ca ssl_ca_file ssl_server_ca_file ssl_parameters_regenerate
    disable_plaintext_auth auth_allow_cleartext`,
};

const known = new Set([
  ...settings.flatMap(({ postfix, dovecot }) => [...postfix, ...dovecot]),
  ...menu.flatMap(({ names }) => names),
  ...meaningless.flatMap(({ names }) => names),
]);

describe('the names of Postfix and Dovecot', () => {
  for (const [page, names] of Object.entries(pages)) {
    it(page, () => {
      assert.deepEqual(
        names.split(/\s+/).filter((name) => !known.has(name)),
        [],
      );
    });
  }

  it('are named once among those without a meaning', () => {
    for (const program of ['Postfix', 'Dovecot'] as const) {
      const names = meaningless.flatMap((entry) => (entry.program === program ? entry.names : []));
      assert.equal(new Set(names).size, names.length, program);
    }
  });

  it('lead to pages and settings that there are', () => {
    const hrefs = new Set(menu.map(({ href }) => href));
    for (const { instead } of meaningless) {
      if (!instead) continue;
      if (!instead.startsWith('/')) assert.equal(findSetting(instead).key, instead);
      else assert.ok(hrefs.has(instead) || instead.startsWith('/admin/settings/'), instead);
    }
  });
});
