import shutil

import pytest

from gateway.model.people import Language
from gateway.model.text import say
from gateway.render.catalogue import BrokenCatalogueError, Catalogue
from gateway.render.composer import MailComposer
from gateway.render.extract import as_po, merge, missing, read, sentences
from gateway.render.samples import SAMPLE_NOW, SAMPLE_ORGANISATION, samples
from gateway.render.templates import BrokenTemplateError, Templates, shipped_folder


@pytest.fixture(scope="session")
def catalogue():
    return Catalogue.load(shipped_folder())


def test_every_sentence_is_there_in_german():
    wanted = missing(read(shipped_folder() / "de.po"))
    assert not wanted, f"add these to templates/de.po:\n\n{as_po(wanted)}"


def test_the_sentences_of_templates_and_of_policy_are_found():
    found = sentences()
    assert any(place.startswith("confirmation.txt") for place in found["Hello,"])
    assert any(place.startswith("gateway/policy") for place in found["statuses"])


def test_a_sentence_is_said_with_its_values(catalogue):
    text = say("Ticket #%(number)s of %(requester)s", number=7, requester=say("(unknown)"))
    assert catalogue.sentence(text, Language.GERMAN) == "Ticket #7 von (unbekannt)"
    assert catalogue.sentence(text, Language.ENGLISH) == "Ticket #7 of (unknown)"


def test_a_sentence_without_translation_is_said_in_english(catalogue):
    text = say("never %(x)s before, 100%%", x="heard")
    assert catalogue.sentence(text, Language.GERMAN) == "never heard before, 100%"


def test_a_value_is_never_a_place(catalogue):
    text = say("Ticket #%(number)s of %(requester)s", number="%(requester)s", requester="%s")
    assert catalogue.sentence(text, Language.ENGLISH) == "Ticket #%(requester)s of %s"


def test_templates_name_no_organisation():
    for file in shipped_folder().glob("*"):
        assert "verein" not in file.read_text(encoding="utf-8").lower().replace("vereinen", "")


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(shipped_folder(), tmp_path / "templates")
    return tmp_path / "templates"


def test_own_templates_replace_the_shipped_ones(tmp_path):
    (tmp_path / "confirmation.txt").write_text("Subject: Da!\n\nNummer {{ number }}\n", "utf-8")
    composer = MailComposer(SAMPLE_ORGANISATION, tmp_path)
    mails = composer.compose(samples(), b"", SAMPLE_NOW)
    assert b"Subject: Da!" in mails[0].head
    assert b"Nummer 1042" in mails[0].head
    assert b"#1042" in mails[1].head


def test_own_sentences_replace_the_shipped_ones(tmp_path):
    (tmp_path / "de.po").write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Hello,"\nmsgstr "Moin,"\n',
        "utf-8",
    )
    catalogue = Templates(tmp_path).catalogue
    assert catalogue.sentence(say("Hello,"), Language.GERMAN) == "Moin,"
    assert catalogue.sentence(say("closed"), Language.GERMAN) == "geschlossen"


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ("{% if %}", 3),
        ("\n{{ nobody }}", 4),
        ("{{ number.secret }}", 3),
        ("{{ ().__class__.__base__ }}", 3),
        ("{{ flags.clear() }}", 3),
        ("{{ 1 / 0 }}", 3),
        ("{% include 'nowhere.txt' %}", 3),
        ("{% trans x=number %}%(y)s{{ x }} {{ z }}{% endtrans %}", 3),
    ],
)
def test_a_broken_template_is_an_error_at_start_that_names_file_and_line(folder, wrong, line):
    file = folder / "notification.txt"
    file.write_text(f"Subject: x\n\n{wrong}\n", "utf-8")
    with pytest.raises(BrokenTemplateError, match=rf"notification\.txt:{line}: "):
        MailComposer(SAMPLE_ORGANISATION, folder)


def test_a_template_without_a_subject_is_an_error_at_start(folder):
    (folder / "receipt.txt").write_text("Hallo\n", "utf-8")
    with pytest.raises(BrokenTemplateError, match=r"receipt\.txt:1: .*Subject"):
        MailComposer(SAMPLE_ORGANISATION, folder)


@pytest.mark.parametrize(
    "wrong", ['msgid "Hello,\n', 'msgid "%(a)s x"\nmsgstr "%(b)s x"\n', "nonsense\n"]
)
def test_a_broken_catalogue_is_an_error_at_start_that_names_file_and_line(folder, wrong):
    (folder / "de.po").write_text(f'msgid ""\nmsgstr ""\n"Language: de\\n"\n\n{wrong}', "utf-8")
    with pytest.raises(BrokenCatalogueError, match=r"de\.po:\d+: "):
        Templates(folder)


def test_translations_of_another_file_are_added_and_none_is_lost(tmp_path, folder):
    more = tmp_path / "more.po"
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    more.write_text(
        head + 'msgid "New %(x)s"\nmsgstr "Neu: %(x)s"\n\nmsgid "Hello,"\nmsgstr "Moin,"\n', "utf-8"
    )
    merge(folder / "de.po", [more])
    after = Catalogue.load(folder)
    assert after.sentence(say("New %(x)s", x="ö"), Language.GERMAN) == "Neu: ö"
    assert after.sentence(say("Hello,"), Language.GERMAN) == "Guten Tag,"
    assert len(missing(read(folder / "de.po"))) == len(missing(read(shipped_folder() / "de.po")))
