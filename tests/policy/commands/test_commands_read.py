"""How lines become commands, text for the requester, and notes."""

import pytest

from gateway.model.command import At, CommandMail
from gateway.policy.commands.plan import printed
from gateway.policy.commands.read import read
from gateway.policy.commands.section_text import SectionText
from gateway.policy.commands.verbs.answers import No, Yes, answer_in
from gateway.policy.commands.verbs.responsible import Claim
from gateway.policy.commands.verbs.status import SetStatus


def did(mail: CommandMail) -> list[str]:
    return [printed(command) for command in mail.commands]


def why(mail: CommandMail) -> str:
    return "\n".join(str(problem.what) for problem in mail.problems)


def test_a_mail_without_commands_is_the_reply_as_it_was_typed() -> None:
    text = "Liebe Maria,\n\n  anbei das „Formular“ – wie besprochen…\n\nAnna"
    assert read(text) == CommandMail(reply=text)


def test_nothing_is_nothing() -> None:
    assert read("").is_empty
    assert read("\n \u00a0\n\ufeff\n").is_empty


def test_a_command_knows_its_line_and_what_was_typed() -> None:
    assert read("Hallo\n\n  !Nehmen  ").commands == (Claim(At(3, "!Nehmen")),)


def test_a_command_may_stand_above_below_and_between_text() -> None:
    mail = read("!nehmen\n\nLiebe Maria,\n\n!zu\n\nbis bald\nAnna\n\n!zeige")
    assert did(mail) == ["!claim", "!close", "!show"]
    assert mail.reply == "Liebe Maria,\n\nbis bald\nAnna"
    assert not mail.problems


def test_text_directly_above_a_command_is_text() -> None:
    mail = read("Gruß\nAnna\n!zu")
    assert (mail.reply, did(mail), mail.problems) == ("Gruß\nAnna", ["!close"], ())


def test_commands_may_follow_each_other_without_blank_lines() -> None:
    assert did(read("!take\n!close #7\n! move berlin")) == ["!claim", "!close #7", "!move berlin"]


@pytest.mark.parametrize(
    "line",
    [
        "!close", "!CLOSE", "!Close ", " !close", "\t!close", "\u00a0!close", "! close",
        "!\u00a0close", "- !close", "* !close", "• !close", "– !close", "\ufeff!close",
        "\u200b!\u200bclose", "!clo\u00adse", "！close", "！ｃｌｏｓｅ", "﹗close", "!close\u2060",
        "!Schließen", "!schliessen", "!SCHLIESSEN", "!SCHLIEẞEN", "!zu", "!fertig", "\x00!close",
    ],
)  # fmt: skip
def test_every_spelling_of_a_client_is_the_command(line: str) -> None:
    mail = read(line)
    assert [c.status for c in mail.commands if isinstance(c, SetStatus)] == ["close"]
    assert mail.reply == ""
    assert not mail.problems


@pytest.mark.parametrize(
    "line", ["!übernehmen", "!uebernehmen", "!ÜBERNEHMEN", "!u\u0308bernehmen"]
)
def test_umlauts_may_be_spelled_out_or_composed(line: str) -> None:
    assert did(read(line)) == ["!claim"]


@pytest.mark.parametrize(
    "line",
    [
        "!!! Wichtig", "!!! wichtig !!!", "! 100 Euro", "!", "!!", "! ", "!?", "Achtung!",
        "a !close",
        "Schreiben Sie !close", "> !close", "| !close", "!  Danke", "‼️ Wichtig", "#1042", "# 3",
        "#open source ist gut", "/home/anna", "Note: the form is attached", "Offen: zwei Fragen",
        "Status: unverändert", "Liste: folgt", "Spam!", "Close", "fertig", "1 open question",
        "/close to the station", "status of the ticket: closed", "1000 Dank", "Hilfe!",
    ],
)  # fmt: skip
def test_what_only_resembles_a_command_is_text(line: str) -> None:
    assert read(line) == CommandMail(reply=line)


def test_two_marks_escape_a_line() -> None:
    mail = read("Tippen Sie:\n!!close\n  - !!löschen\n！!wort")
    assert mail == CommandMail(reply="Tippen Sie:\n!close\n  - !löschen\n!wort")


def test_an_escaped_line_of_a_note_loses_its_mark_too() -> None:
    assert read("!note\n!!close").note == "!close"


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("/close", "!close"), ("#close", "!close"), ("\\close", "!close"), ("# close", "!close"),
        ("status: closed", "!status closed"), ("Status = geschlossen", "!Status geschlossen"),
        ("Status: In Bearbeitung", "!Status In Bearbeitung"), ("/zu #812 still", "!zu #812 still"),
        ("#zuweisen @ben", "!zuweisen @ben"), ("assign: @ben", "!assign @ben"),
        ("move: berlin", "!move berlin"), ("/Nehmen", "!Nehmen"), ("!  close", "!close"),
        ("1close", "!close"), ("1. !close", "!close"), ("2) ! zu", "!zu"), ("o   !close", "!close"),
        ("“!close”", "!close"), ("(!close)", "!close"), ("`!close`", "!close"),
        ("**!close**", "!close"),
        ("<!close>", "!close"), ("❗️close", "!close"), ("¡close", "!close"), ("ǃclose", "!close"),
        ("!-close", "!close"), ("- /close", "!close"), ("/note", "!note"), ("#reply", "!reply"),
        ("Intern: die Frau ist nett", "!intern"), ("Internal: she is nice", "!note"),
        ("/notiz die Frau ist nett", "!notiz"), ("#note " + "she is nice " * 200, "!note"),
    ],
)  # fmt: skip
def test_a_near_miss_is_held_with_a_hint_and_never_posted(line: str, meant: str) -> None:
    mail = read(f"Liebe Maria,\n\n{line}")
    assert len(mail.problems) == 1
    assert mail.problems[0].at.line == 3
    assert meant in why(mail)
    assert (mail.reply, mail.note, mail.commands) == ("Liebe Maria,", "", ())


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("!clsoe", "!close"), ("!nemen", "!nehmen"), ("!close.", "!close"), ("!zu…", "!zu"),
        ("!note: text", "!note"), ("!Schliesen", "!schließen"), ("!ubernehmen", "!übernehmen"),
        ("!close#812", "!close"), ("!zuweisen@ben", "!zuweisen"), ("*!close*", "!close"),
        ("!notitz geheim", "!notiz"),
    ],
)  # fmt: skip
def test_a_near_word_is_suggested_and_not_run(line: str, meant: str) -> None:
    mail = read(line)
    assert mail.commands == ()
    assert (mail.reply, mail.note) == ("", "")
    assert f"Did you mean {meant}?" in why(mail)


@pytest.mark.parametrize(
    "word", ["delet", "delte", "deletee", "löschn", "loeschn", "restor", "zurückhol", "restoree"]
)
def test_deleting_and_restoring_are_never_suggested(word: str) -> None:
    hint = why(read(f"!{word}"))
    assert "There is no command" in hint
    assert "Did you mean" not in hint


def test_an_unknown_word_without_a_near_one_points_to_help_and_to_the_escape() -> None:
    hint = why(read("!Wichtigkeit beachten"))
    assert "!help" in hint
    assert "!!" in hint


@pytest.mark.parametrize(("word", "kind"), [("yes", Yes), ("ja", Yes), ("no", No), ("Nein", No)])
def test_yes_and_no_answer_a_held_mail(word: str, kind: type) -> None:
    assert isinstance(answer_in(read(f"!{word}")), kind)


def test_a_misspelt_word_is_corrected_only_where_that_is_asked_for() -> None:
    mail = read("Hallo\n\n!clsoe\n\n!ntoiz intern")
    assert [each.corrected for each in mail.problems] == [True, True]
    corrected = read("Hallo\n\n!clsoe\n\n!ntoiz intern", corrected=True)
    assert not corrected.problems
    assert (corrected.reply, corrected.note) == ("Hallo", "intern")
    assert [printed(each) for each in corrected.commands] == ["!close"]


@pytest.mark.parametrize("line", ["!delte", "!restroe", "!xyzzy", "!close now", "/close"])
def test_what_is_dangerous_or_unclear_is_never_corrected(line: str) -> None:
    assert not any(each.corrected for each in read(line).problems)


@pytest.mark.parametrize(
    "line",
    [
        "!123456 bitte", "!opt 123456", "!otp123456", "!otp12345", "!12345", "!1234567",
        "!close 123456", "!close !123 456", "!assign 123456", "/otp 123456", "otp: 123456",
        "Code 123 456", "!note !123456", "!note !otp 12345", "!otp 12 34 56",
        "!!123456", "!! 123 456", "!12345-67890-12345-678901", "!123456\nHallo", "!１２３４５٦",
    ],
)  # fmt: skip
def test_a_code_is_held_and_never_echoed_or_posted(line: str) -> None:
    mail = read(line)
    assert mail.problems
    shown = repr(mail.problems)
    assert "123" not in shown
    assert "456" not in shown
    assert "12 34" not in shown
    assert "123" not in mail.reply + mail.note


@pytest.mark.parametrize(
    "line",
    [
        "!123456", "!123 456", "! 123456", "！１２３４５６", "!otp 123456", "!otp 123 456",
        "!Code 123456", "- !123456", "!123-456", "\ufeff!123\u00a0456", "!123\u2013456",
        "!123456\n\n!123 456",
    ],
)  # fmt: skip
def test_a_code_is_kept_apart_from_text_and_commands(line: str) -> None:
    mail = read(f"{line}\n\nHallo\n\n!close")
    assert not mail.problems
    assert [code.digits for code in mail.codes] == ["123456"]
    assert mail.reply == "Hallo"
    assert [printed(each) for each in mail.commands] == ["!close"]
    assert "123" not in repr(mail)
    assert mail.codes[0].at.typed.endswith("•••")


@pytest.mark.parametrize("line", ["123456", "123 456", "12345-67890-12345-67890", "\u2007123456"])
def test_a_mail_of_nothing_but_a_code_forgot_its_mark_and_is_held(line: str) -> None:
    mail = read(line)
    assert "exclamation mark in front" in why(mail)
    assert "123" not in repr(mail.problems)
    assert not read(f"{line} ist die Nummer.").problems


@pytest.mark.parametrize(
    "line", ["!12345-67890-12345-67890", "!otp 12345 67890 12345 67890", "!12345678901234567890"]
)
def test_a_recovery_code_is_one_too(line: str) -> None:
    mail = read(line)
    assert [code.digits for code in mail.codes] == ["12345-67890-12345-67890"]
    assert "123" not in repr(mail)


def test_another_code_in_the_formatted_text_is_a_problem() -> None:
    assert read("!123456\n\nHallo", "!654321\n\nHallo").problems
    assert not read("!123456\n\nHallo", "!123 456\n\nHallo").problems


def test_ticket_numbers_stay_readable() -> None:
    assert read("!close #123456").commands[0].at.typed == "!close #123456"


def test_text_below_fixed_arguments_needs_a_blank_line() -> None:
    mail = read("!close\nLiebe Maria,\nanbei das Formular.\n\nAnna")
    assert len(mail.problems) == 1
    assert mail.problems[0].at == At(2, "Liebe Maria,")
    assert "blank line is missing after !close" in why(mail)


def test_a_line_that_only_looks_blank_parts_too() -> None:
    assert not read("!close\n\u00a0\u200b\nLiebe Maria").problems


def test_everything_behind_a_note_is_internal_to_the_end() -> None:
    mail = read(
        "Liebe Maria\n\n!Notiz Habe angerufen,\nsie ist nett.\n\nMehr.\n\n!zu\n\nNoch mehr."
    )
    assert mail.reply == "Liebe Maria"
    assert mail.note == "Habe angerufen,\nsie ist nett.\n\nMehr.\n\nNoch mehr."
    assert mail.note_at == At(3, "!Notiz")
    assert did(mail) == ["!close"]


def test_only_the_word_reply_ends_a_note() -> None:
    mail = read("!intern\n\ngeheim\n\n!antwort Liebe Maria\nanbei\n\n!note\nauch geheim")
    assert mail.reply == "Liebe Maria\nanbei"
    assert mail.note == "geheim\n\nauch geheim"
    assert not mail.problems


def test_text_behind_note_keeps_its_characters() -> None:
    assert read("\ufeff！ Note  „so“ – ½ … ﬁ ").note == "„so“ – ½ … ﬁ"


def test_an_empty_note_is_held() -> None:
    assert "no text behind !note" in why(read("Liebe Maria\n\n!note"))
    assert "no text behind !note" in why(read("!note\n\n!close"))
    assert "no text behind !reply" in why(read("!note x\n!reply\n\n"))


@pytest.mark.parametrize("text", ["!note #12 call her", "!notiz #1042", "!reply #12: Dear Maria"])
def test_a_note_for_another_ticket_is_not_put_here(text: str) -> None:
    assert "no ticket number can stand there" in why(read(text))


@pytest.mark.parametrize("text", ["!note !close", "!reply !löschen", "!note - !close"])
def test_two_commands_on_a_line_are_held(text: str) -> None:
    mail = read(text)
    assert "Two commands on one line" in why(mail)
    assert (mail.reply, mail.note) == ("", "")


def test_twenty_commands_are_read_and_one_more_is_too_many() -> None:
    assert not read("!close #1\n" * 20).problems
    assert "More than 20 commands" in why(read("!close #1\n" * 21))


def test_fifty_numbers_are_read_and_one_more_is_too_many() -> None:
    fifty = "!close " + " ".join(f"#{number}" for number in range(100, 150))
    assert not read(fifty).problems
    assert "More than 50 ticket numbers" in why(read(f"{fifty}\n!show #9"))


def test_problems_have_an_end() -> None:
    assert len(read("/close\n" * 1000).problems) == 20
    assert len(read("!unknownword\n\n" * 1000).problems) <= 21


def test_a_command_of_endless_length_is_held() -> None:
    assert "too long" in why(read("!close" + " #1042" * 1000))


def test_a_word_of_endless_length_is_shown_short() -> None:
    (problem,) = read("!" + "x" * 100_000).problems
    assert len(problem.at.typed) <= 80
    assert len(str(problem.what)) < 300


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\u0085", "\x0b", "\x0c"])
def test_any_line_end_begins_a_line(end: str) -> None:
    mail = read(f"Liebe Maria{end}!close{end}{end}Anna")
    assert did(mail) == ["!close"]
    assert mail.reply == "Liebe Maria\n\nAnna"


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        ("Hallo", "Hallo\n!close"),
        ("!close\n\nHallo", "Hallo"),
        ("!close", "!close #12"),
        ("!note geheim", "!reply geheim"),
        ("Hallo\n!close", "!close"[:1] + "spam"),
        ("Hallo", "Hallo\n!note geheim"),
        ("!note a\n\n!close", "!close\n\n!note a"),
        ("!close", ""),
    ],
)
def test_other_commands_in_the_html_hold_the_mail(plain: str, html: str) -> None:
    assert "different commands" in why(read(plain, html))


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        ("!close\n\nHallo", "!close\nHallo"),
        ("! Close\n\nlang\ngebrochen", "• !close\n\nlang gebrochen"),
        ("!note lang\ngebrochen", "!note lang gebrochen"),
        ("Hallo", "Hallo!"),
        ("", ""),
    ],
)
def test_the_same_commands_in_the_html_change_nothing(plain: str, html: str) -> None:
    assert read(plain, html) == read(plain)


def test_the_last_guard_keeps_a_command_line_from_the_requester_whoever_let_it_in() -> None:
    text = SectionText()
    text.add(1, "Liebe Maria", None)
    text.add(2, "- ！löschen", None)
    assert text.drop_commands() == [(2, "- ！löschen")]
    assert text.joined() == ""


def test_the_last_guard_lets_an_escaped_line_pass() -> None:
    text = SectionText()
    text.add(1, "!close", "!close")
    assert text.drop_commands() == []
    assert text.joined() == "!close"
