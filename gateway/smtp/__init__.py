"""The wire: SMTP and LMTP in (aiosmtpd), out (aiosmtplib), Maildirs. Nothing else has sockets."""
