"""`gateway preview`: example mails by name, with the shipped templates or own ones."""

import io
from contextlib import chdir, redirect_stdout
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from render_values import body_of, commands_in, html_of

from gateway.__main__ import app
from gateway.cli.shared import MistakeError
from gateway.mail.html import text_of
from gateway.model.people import Language
from gateway.render.examples import examples
from gateway.render.samples import SAMPLE_NOW
from gateway.render.templates import KINDS
from gateway.render.wording import Wording
from gateway.rulebook.defaults import init


def preview(*arguments, folder):
    output = io.StringIO()
    with chdir(folder), redirect_stdout(output):
        app(["preview", *arguments], result_action="return_value")
    return output.getvalue()


@pytest.mark.parametrize("language", list(Language))
def test_every_example_is_a_mail_without_a_line_that_is_a_command(composer, language):
    mails = composer.compose(tuple(examples(language).values()), b"", SAMPLE_NOW)
    assert {mail.kind for mail in mails} == set(KINDS)
    for mail in mails:
        assert not commands_in(body_of(mail))
        assert not commands_in(text_of(html_of(mail)))
        assert "%(" not in body_of(mail)


def test_without_a_name_the_names_are_listed(tmp_path):
    assert preview(folder=tmp_path).split() == list(examples(Language.GERMAN))


def test_an_example_is_shown_as_text_and_as_html_in_both_languages(tmp_path):
    german = preview("confirmation", folder=tmp_path)
    assert german.startswith("Subject: Ihre Anfrage [#1042]\n\nGuten Tag,\n")
    english = preview("confirmation", "--html", "--language", "en", folder=tmp_path)
    assert english.startswith("<!DOCTYPE html>")
    assert 'lang="en"' in english
    assert "has the number #1042" in english


def test_own_templates_are_shown_where_the_configuration_names_them(tmp_path):
    init(tmp_path, templates=True)
    (tmp_path / "templates" / "confirmation.txt").write_text("Subject: Da!\n\n# Nummer\n", "utf-8")
    assert preview("confirmation", folder=tmp_path) == "Subject: Da!\n\nNummer\n"
    assert ">Nummer</h1>" in preview("confirmation", "--html", folder=tmp_path)


def test_a_name_that_is_none_is_told_with_those_that_are(tmp_path):
    with pytest.raises(MistakeError, match=r"no mail .confirm..*confirmation"):
        preview("confirm", folder=tmp_path)


def test_the_docs_name_what_a_template_is_given(composer):
    page = (Path(__file__).parents[2] / "docs" / "templates.md").read_text("utf-8")
    table = page.partition("<!-- values -->\n")[2].partition("<!-- end -->")[0]
    zone = ZoneInfo("Europe/Berlin")
    given = {}
    for mail in examples(Language.GERMAN).values():
        wording = Wording(composer.templates.catalogue, Language.GERMAN, zone, SAMPLE_NOW)
        (composed,) = composer.compose((mail,), b"", SAMPLE_NOW)
        given[composed.kind] = sorted(composer._view(mail, wording))
    rows = [
        f"| `{kind}.txt` | {', '.join(f'`{name}`' for name in names)} |"
        for kind, names in sorted(given.items())
    ]
    assert table.splitlines()[2:] == rows
