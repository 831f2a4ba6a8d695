<?php
// Settings of send.php. The web server runs this file and shows nothing of it; the secret lies in a
// file that it cannot show, above the folder of the website.

return [
    // The form's address at the gateway (rules/organisation.yaml, form:).
    'to' => 'kontaktformular@truhe.example',
    // Who the mail is from: an address of the webspace, which its mail server lets send.
    'from' => 'website@truhe.example',
    // The file that holds the secret of the gateway's rules/form.yaml and nothing else.
    'secret_file' => __DIR__ . '/../contact-form-secret',
    // Names of fields in index.html: what must not be empty, which of them is the address, and which
    // one people do not see.
    'required' => ['E-Mail', 'Nachricht'],
    'email' => 'E-Mail',
    'trap' => 'Webseite',
    // Where the page with the form is, seen from send.php.
    'page' => 'index.html',
    // At most so much together, and so many files; upload_max_filesize and post_max_size of PHP hold too.
    'bytes' => 10000000,
    'files' => 5,
];
