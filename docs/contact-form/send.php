<?php
/*
 * Takes what somebody filled in on index.html and mails it to the ticket gateway, as send.py does.
 *
 * For webspace that has PHP (7.4 or newer) and its mail() function, and nothing else. Keeps nothing.
 * The settings are in send-settings.php beside it.
 */

declare(strict_types=1);

const PAGE = <<<'HTML'
<!DOCTYPE html>
<html lang="de">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>%1$s</title>
<style>
  body { margin: 0 auto; max-width: 40rem; padding: 1rem; font: 1.0625rem/1.5 system-ui, sans-serif; }
</style>
</head>
<body>
<main>
<h1>%1$s</h1>
%2$s</main>
</body>
</html>

HTML;

/** What is said instead of sending: the status is the code, the sentences are for the person. */
class Refused extends Exception
{
    public array $sentences;

    public function __construct(int $status, string ...$sentences)
    {
        parent::__construct('', $status);
        $this->sentences = $sentences;
    }
}

main();

function main(): void
{
    $settings = require __DIR__ . '/send-settings.php';
    header('X-Content-Type-Options: nosniff');
    header('Cache-Control: no-store');
    if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
        answer($settings);
        return;
    }
    try {
        $form = values($settings);
        if (($form[$settings['trap']] ?? []) !== []) {
            error_log('contact form: a program filled in the trap');
        } else {
            $files = uploads($settings);
            check($form, $settings);
            send($form, $files, $settings);
        }
        header('Location: ?gesendet', true, 303);  // loading the page again sends nothing again
    } catch (Refused $refused) {
        page(
            $refused->getCode(),
            'Noch nicht abgeschickt',
            ...$refused->sentences,
            ...['Mit „Zurück“ im Browser kommen Sie zum Formular; Ihr Text steht dort noch.']
        );
    }
}

// --- what was filled in ---------------------------------------------------------------------------

/** The values by field, in the order of the page; each a list. */
function values(array $settings): array
{
    $length = (int) ($_SERVER['CONTENT_LENGTH'] ?? 0);
    if ($length > $settings['bytes'] || ($length > 0 && !$_POST && !$_FILES)) {
        throw too_big($settings);  // PHP itself has thrown away what post_max_size does not permit
    }
    $found = [];
    foreach ($_POST as $field => $given) {
        foreach (is_array($given) ? $given : [$given] as $value) {
            $text = is_string($value) ? text($value) : '';
            if ($text !== '') {
                $found[(string) $field][] = $text;
            }
        }
    }
    return $found;
}

/** A value without control characters, its lines ended alike, and valid UTF-8. */
function text(string $value): string
{
    $utf8 = preg_match('//u', $value) ? $value : utf8_from_latin1($value);
    $lines = preg_replace('/\r\n?/', "\n", $utf8);
    return trim(preg_replace('/[\x00-\x08\x0B-\x1F\x7F]/', '', $lines));
}

function utf8_from_latin1(string $value): string
{
    return preg_replace_callback('/[\x80-\xFF]/', function (array $found): string {
        $code = ord($found[0]);
        return chr(0xC0 | $code >> 6) . chr(0x80 | $code & 0x3F);
    }, $value);
}

/** The files, each with name and content. */
function uploads(array $settings): array
{
    $found = [];
    $bytes = 0;
    foreach ($_FILES as $field) {
        $names = (array) $field['name'];
        foreach ($names as $at => $name) {
            $error = ((array) $field['error'])[$at];
            if ($error === UPLOAD_ERR_NO_FILE) {
                continue;
            }
            if ($error !== UPLOAD_ERR_OK) {
                throw too_big($settings);
            }
            $path = ((array) $field['tmp_name'])[$at];
            $bytes += (int) filesize($path);
            if ($bytes > $settings['bytes']) {
                throw too_big($settings);
            }
            $content = file_get_contents($path);
            $found[] = ['name' => file_name((string) $name), 'content' => (string) $content];
        }
    }
    if (count($found) > $settings['files']) {
        throw new Refused(422, 'Das sind zu viele Dateien.');
    }
    return $found;
}

function file_name(string $name): string
{
    $parts = preg_split('#[/\\\\]#', text($name));
    $last = preg_replace('/\s+/', ' ', (string) end($parts));
    preg_match('/.{0,100}$/us', $last, $short);
    return ($short[0] ?? '') !== '' ? $short[0] : 'datei';
}

function too_big(array $settings): Refused
{
    $by_php = array_filter([octets('upload_max_filesize'), octets('post_max_size')]);
    $most = intdiv(min($settings['bytes'], ...$by_php), 1000000);
    return new Refused(
        413,
        "Das ist zusammen zu groß: höchstens $most MB gehen auf einmal.",
        'Bitte schicken Sie kleinere oder weniger Dateien.'
    );
}

/** What PHP itself takes: `2M` in its settings is 2097152; 0 for no limit. */
function octets(string $setting): int
{
    $written = (string) ini_get($setting);
    return (int) $written << (['k' => 10, 'm' => 20, 'g' => 30][strtolower(substr($written, -1))] ?? 0);
}

/** Throws Refused with all that is missing. */
function check(array $form, array $settings): void
{
    $wrong = [];
    foreach ($settings['required'] as $field) {
        if (($form[$field] ?? []) === []) {
            $wrong[] = "Es fehlt: $field.";
        }
    }
    $address = $form[$settings['email']][0] ?? '';
    if ($address !== '' && !preg_match('/^[^\s"(),:;<>@\[\\\\\]]{1,64}@([\w-]+\.)+[\w-]{2,63}$/Du', $address)) {
        $wrong[] = "„{$address}“ ist keine E-Mail-Adresse.";
    }
    if ($wrong) {
        throw new Refused(422, ...$wrong);
    }
}

// --- the mail -------------------------------------------------------------------------------------

/** Mails the form as JSON, the files, and the signature over all of it. */
function send(array $form, array $files, array $settings): void
{
    $secret = @file_get_contents($settings['secret_file']);
    if ($secret === false || trim($secret) === '') {
        error_log("contact form: no secret in {$settings['secret_file']}");
        throw not_now();
    }
    $values = [];
    foreach ($form as $field => $found) {
        $values[$field] = count($found) === 1 ? $found[0] : $found;
    }
    $document = json_encode((object) $values, JSON_UNESCAPED_UNICODE | JSON_PRETTY_PRINT);
    array_unshift($files, ['name' => 'form.json', 'content' => $document]);
    $text = 'Neue Anfrage über das Kontaktformular der Website.';
    $boundary = '=_' . bin2hex(random_bytes(16));
    $host = substr(strrchr($settings['from'], '@'), 1);
    $headers = [
        'From' => $settings['from'],
        'Date' => date(DATE_RFC2822),
        'Message-ID' => '<' . bin2hex(random_bytes(16)) . "@$host>",
        'Auto-Submitted' => 'auto-generated',
        'MIME-Version' => '1.0',
        'Content-Type' => "multipart/mixed; boundary=\"$boundary\"",
        'X-Form-Signature' => signature($text, $files, trim($secret), time()),
    ];
    $body = part($boundary, 'text/plain; charset=utf-8', $text);
    foreach ($files as $number => $file) {
        $kind = $number === 0 ? 'application/json' : 'application/octet-stream';
        $name = "Content-Disposition: attachment; filename*=UTF-8''" . rawurlencode($file['name']);
        $body .= part($boundary, $kind, $file['content'], $name);
    }
    $body .= "--$boundary--\r\n";
    if (!mail($settings['to'], 'Kontaktformular', $body, $headers, '-f' . $settings['from'])) {
        error_log('contact form: mail() did not take the mail');
        throw not_now();
    }
}

function part(string $boundary, string $kind, string $content, string $more = ''): string
{
    $head = "Content-Type: $kind\r\nContent-Transfer-Encoding: base64\r\n" . ($more ? "$more\r\n" : '');
    return "--$boundary\r\n$head\r\n" . chunk_split(base64_encode($content), 76, "\r\n");
}

/** The header X-Form-Signature, as docs/rules.md of the gateway describes it. */
function signature(string $text, array $files, string $secret, int $now): string
{
    $digests = array_map(function (array $file): string {
        return hash('sha256', $file['content']);
    }, $files);
    $signed = implode("\n", [(string) $now, ...$digests, '', $text]);
    return "t=$now, v1=" . hash_hmac('sha256', $signed, $secret);
}

function not_now(): Refused
{
    return new Refused(
        503,
        'Das Verschicken geht gerade nicht. Bitte versuchen Sie es in einigen Minuten wieder.'
    );
}

// --- the answer -----------------------------------------------------------------------------------

function answer(array $settings): void
{
    if (($_SERVER['QUERY_STRING'] ?? '') !== 'gesendet') {
        header('Location: ' . $settings['page'], true, 303);
        return;
    }
    page(
        200,
        'Vielen Dank',
        'Ihre Nachricht ist unterwegs zu uns. Gleich kommt eine Bestätigung mit einer Nummer an '
            . 'Ihre E-Mail-Adresse.',
        'Kommt keine, sehen Sie bitte im Spam-Ordner nach, oder die Adresse war falsch: dann '
            . 'schicken Sie das Formular bitte noch einmal.'
    );
}

function page(int $status, string $title, string ...$sentences): void
{
    http_response_code($status);
    header('Content-Type: text/html; charset=utf-8');
    header("Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'");
    $paragraphs = '';
    foreach ($sentences as $each) {
        $paragraphs .= '<p>' . htmlspecialchars($each, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8') . "</p>\n";
    }
    printf(PAGE, htmlspecialchars($title, ENT_QUOTES, 'UTF-8'), $paragraphs);
}
